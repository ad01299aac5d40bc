//! The same tests with either database. The test file also has the modules `cluster` and `hub`.

/// Makes each function a test with either database.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test(super::TestServer::start());
            })*
        }
        mod postgres {
            $(#[test]
            fn $test() {
                let cluster = super::cluster::shared();
                super::$test(super::TestServer::start_on(Some(cluster.database())));
            })*
        }
    };
}

pub(crate) use on_both;
