//! The process that writes pages: `community-hub render`, which the server starts. It reads an
//! edition and then questions, and opens no file, no database and no connection.

use super::wire::{PageQuestion, PageStart, READY, read, read_value, write};
use brotli::enc::BrotliEncoderParams;
use community_hub_app::render::{PageRequest, PublicPages};
use document::PageFrame;
use domain::Language;
use std::collections::HashMap;
use std::io::{BufWriter, Read, Result, Write};

/// Compresses in a millisecond or two, a tenth worse than the pages that were written before.
const BROTLI_QUALITY: i32 = 5;
const BROTLI_WINDOW_BITS: i32 = 20;

/// Answers until the input ends. The error is a message that nobody reads: the server notices that
/// the process has ended.
pub fn run() -> std::result::Result<(), String> {
    // A panic says what was asked.
    std::panic::set_hook(Box::new(|_| ()));
    let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
    answer_all(input, BufWriter::new(output)).map_err(|fault| fault.to_string())
}

fn answer_all(mut input: impl Read, mut output: impl Write) -> Result<()> {
    let start: PageStart = read_value(&mut input)?;
    let bundle = read(&mut input)?;
    let texts: Result<Vec<(Language, Vec<u8>)>> =
        start.texts.into_iter().map(|language| Ok((language, read(&mut input)?))).collect();
    let Some(pages) = PublicPages::of(&bundle, &texts?) else {
        write(&mut output, b"unreadable")?;
        return output.flush();
    };
    let frames =
        start.frames.into_iter().map(|(language, html)| (language, PageFrame::new(html))).collect();
    write(&mut output, READY)?;
    output.flush()?;
    // The input ends with the server.
    while let Ok(question) = read_value::<PageQuestion>(&mut input) {
        let html = document(&pages, &frames, question).unwrap_or_default();
        write(&mut output, html.as_bytes())?;
        write(&mut output, &compressed(html.as_bytes())?)?;
        output.flush()?;
    }
    Ok(())
}

/// The document of a page. `None` if there is no such page.
fn document(
    pages: &PublicPages,
    frames: &HashMap<Language, PageFrame>,
    question: PageQuestion,
) -> Option<String> {
    let (page, has_app, today) = match question {
        PageQuestion::At { href, now, number } => {
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            let request = PageRequest::of(path, query, &pages.languages())?;
            (pages.answer(&request, Some(now), &number)?, true, now.date)
        }
        PageQuestion::Form(answer, today) => (pages.answer_form(*answer)?, false, today),
    };
    let frame = frames.get(&page.language)?;
    let catalogue = pages.catalogue()?;
    Some(match has_app {
        true => frame.filled(&page, catalogue, today),
        false => frame.without_app().filled(&page, catalogue, today),
    })
}

/// A page as it is sent to whoever accepts Brotli.
pub(crate) fn compressed(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW_BITS,
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    if !bytes.is_empty() {
        let mut writer = brotli::CompressorWriter::with_params(&mut compressed, 1 << 16, &params);
        writer.write_all(bytes)?;
    }
    Ok(compressed)
}
