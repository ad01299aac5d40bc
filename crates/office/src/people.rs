//! Staff accounts: an administrator invites a person with a link that sets a password and expires.
//! Also the audit log with its hash chain.

pub(super) mod hand_over;

use super::Office;
use super::audit_check::ENTRIES_PER_PAGE;
use super::banner::FinishedAct;
use super::confirm::{self, ConfirmChoice, Confirmation};
use super::form::{CheckedForm, FieldFault, FromFields, OfficeForm, TypedFields};
use super::guard::Visit;
use super::inbox::departments;
use super::inquiry::active_people;
use super::pages::{PageFrame, PageResult, download, go, page as made};
use super::password::{PASSWORD_CHARS_MIN, check_new, hash};
use super::second_factor::{SecondFactorPolicy, let_in, policy};
use super::sign_in::{LOGIN_TAKEN, NOT_A_LOGIN, PasswordForm, busy, password_fault};
use super::staff::{
    Role, STAFF_NAME_CHARS_MAX, Scope, invitation_hash, invitation_path, login_of, new_invitation,
};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use casework::when;
use domain::Catalogue;
use hand_over::{HandOver, assigned_counts, assigned_to};
use std::collections::HashMap;
use std::sync::Arc;
use store::audit::head::signed_head;
use store::{
    AnyStore, AuditContext, ChangedBy, Custody, DoorStore, StaffChange, StaffRow, StoreFault,
};
use vault::now_ms;

const AUDIT_ROWS: u64 = 100;
/// At most this many remaining spare codes of a second factor count as few.
const SPARE_CODES_FEW: u64 = 3;

#[derive(Template)]
#[template(path = "office/people.html")]
struct PeoplePage {
    f: PageFrame,
    rows: Vec<PersonRow>,
    /// The link of an invitation that was just created: shown once.
    link: String,
    /// What the link begins with elsewhere; empty if the public address is not known.
    public_url: String,
    invited: String,
    fault: String,
    login: String,
    name: String,
    /// With work accounts: which name of the account the login must be.
    login_hint: &'static str,
    /// Scopes to choose from: value in the form, and name.
    scopes: Vec<(String, String)>,
    policy: SecondFactorPolicy,
    has_work_accounts: bool,
}

impl PeoplePage {
    /// The policies with their words.
    fn policies(&self) -> [(SecondFactorPolicy, &str); 3] {
        SecondFactorPolicy::ALL.map(|policy| (policy, policy_words(&self.f, policy)))
    }
}

fn policy_words<'a>(f: &PageFrame, policy: SecondFactorPolicy) -> &'a str {
    match policy {
        SecondFactorPolicy::Nobody => f.t("No one needs one", "Personne n’en a besoin"),
        SecondFactorPolicy::Managers => {
            f.t("Managers and administrators", "Gestion et administration")
        }
        SecondFactorPolicy::Everybody => f.t("Everyone", "Tout le monde"),
    }
}

struct PersonRow {
    staff: StaffRow,
    role: Option<Role>,
    is_me: bool,
    /// Failed sign-ins in the last day since the last successful one.
    failures: usize,
    /// Remaining spare codes; `None` without a second factor.
    spare_codes: Option<u64>,
    needs_factor: bool,
    /// Open inquiries that a person without access still has.
    left_behind: usize,
    /// A scope whose location or department is not in the catalogue any more; empty otherwise.
    lost_scope: String,
}

impl PersonRow {
    fn state<'a>(&self, f: &PageFrame) -> &'a str {
        match (self.staff.is_active, self.staff.has_begun()) {
            (false, _) => f.t("No access", "Sans accès"),
            (true, false) => f.t("Invited", "Invitation en cours"),
            (true, true) => f.t("Active", "En poste"),
        }
    }

    fn failures(&self, f: &PageFrame) -> String {
        match self.failures {
            0 => String::new(),
            1 => f.t("1 failed sign-in in 24 hours", "1 connexion refusée en 24 heures").into(),
            most if most >= super::attempts::FAILED_MAX => {
                let words = f.t(
                    "{n} or more failed sign-ins in 24 hours",
                    "{n} connexions refusées ou plus en 24 heures",
                );
                f.with(words, "n", most)
            }
            some => f.with(
                f.t("{n} failed sign-ins in 24 hours", "{n} connexions refusées en 24 heures"),
                "n",
                some,
            ),
        }
    }

    fn left_behind(&self, f: &PageFrame) -> String {
        f.n(
            self.left_behind,
            &["{n} open inquiry to hand over", "{n} demande ouverte à réattribuer"],
            &["{n} open inquiries to hand over", "{n} demandes ouvertes à réattribuer"],
        )
    }

    fn factor(&self, f: &PageFrame) -> String {
        match (self.spare_codes, self.staff.is_active && self.needs_factor) {
            (Some(left), _) if left <= SPARE_CODES_FEW => f.n(
                left,
                &[
                    "Second factor ({n} spare code left)",
                    "Second facteur ({n} code de secours restant)",
                ],
                &[
                    "Second factor ({n} spare codes left)",
                    "Second facteur ({n} codes de secours restants)",
                ],
            ),
            (Some(_), _) => f.t("Second factor", "Second facteur").into(),
            (None, true) => f
                .t(
                    "Second factor at the next sign-in with a password",
                    "Second facteur à la prochaine connexion par mot de passe",
                )
                .into(),
            (None, false) => String::new(),
        }
    }

    /// A counter account that reads all inquiries: from a version without scopes, or deliberately.
    fn reads_all_at_a_counter(&self) -> bool {
        self.staff.is_active
            && self.role == Some(Role::Counter)
            && self.staff.scope == Scope::All.text()
    }
}

/// All scopes that an account can have.
fn scopes(f: &PageFrame, catalogue: &Catalogue) -> Vec<(String, String)> {
    let all = (Scope::All.text(), f.t("All inquiries", "Toutes les demandes").to_string());
    let hubs = catalogue.hubs().iter().map(|hub| {
        (
            Scope::Hub(hub.id.clone()).text(),
            format!("{} {}", f.t("Sent to:", "Adressées à :"), f.name_of(&hub.name)),
        )
    });
    let departments = departments(catalogue).into_iter().map(|department| {
        let shown = f.name_of(&department);
        let name = format!("{} {shown}", f.t("Department:", "Service :"));
        (Scope::Department(department).text(), name)
    });
    std::iter::once(all).chain(hubs).chain(departments).collect()
}

/// The scope of a form; `None` if the catalogue does not have it.
fn scope_in(text: &str, catalogue: &Catalogue) -> Option<Scope> {
    Scope::parse(text).filter(|scope| match scope {
        Scope::All => true,
        Scope::Department(department) => departments(catalogue).contains(department),
        Scope::Hub(hub) => catalogue.hub(hub).is_some(),
    })
}

/// What the page reports in addition to its table.
#[derive(Default)]
pub(super) struct PeopleNews {
    link: String,
    invited: String,
    fault: Option<FieldFault>,
}

impl PeopleNews {
    pub(super) fn fault(fault: FieldFault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }
}

pub(super) async fn people_page(
    office: &Office,
    visit: &Visit,
    PeopleNews { link, invited, fault }: PeopleNews,
) -> PageResult {
    let mut f = PageFrame::of(office, visit);
    let fault = fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default();
    let (rows, policy, catalogue) =
        (office.store().staff().await?, policy(office).await?, office.catalogue());
    let named = f.banner.as_ref().and_then(|banner| banner.named.as_deref());
    let named = named.and_then(|login| rows.iter().find(|staff| staff.login == login));
    if let Some(name) = named.map(|staff| staff.name.clone()) {
        f.name_banner(&name);
    }
    let factors: HashMap<String, u64> = office
        .store()
        .second_factors()
        .await?
        .into_iter()
        .map(|factor| (factor.login, factor.spare_codes))
        .collect();
    let (scopes, counts) = (scopes(&f, &catalogue), assigned_counts(office));
    let row = |staff: StaffRow| {
        let role = Role::of_number(staff.role);
        let is_known = scopes.iter().any(|(value, _)| *value == staff.scope);
        PersonRow {
            role,
            is_me: staff.login == visit.login(),
            failures: office.attempts.failures(&staff.login, now_ms()),
            spare_codes: factors.get(&staff.login).copied(),
            needs_factor: role.is_some_and(|role| policy.needs(role)),
            left_behind: counts.get(&staff.login).filter(|_| !staff.is_active).map_or(0, |n| *n),
            lost_scope: if is_known { String::new() } else { staff.scope.clone() },
            staff,
        }
    };
    let rows = rows.into_iter().map(row).collect();
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (login, name) = if fault.is_empty() {
        Default::default()
    } else {
        (visit.typed.text("login").into(), visit.typed.text("name").into())
    };
    let login_hint = login_hint(office, &f);
    let has_work_accounts = office.provider.is_some();
    Ok(made(
        status,
        &PeoplePage {
            rows,
            link,
            public_url: office.public_url.clone().unwrap_or_default(),
            invited,
            fault,
            login,
            name,
            login_hint,
            scopes,
            policy,
            has_work_accounts,
            f,
        },
    ))
}

fn login_hint(office: &Office, f: &PageFrame) -> &'static str {
    match &office.provider {
        None => "",
        Some(provider) if provider.login_is_email() => f.t(
            "To sign in with a work account: its email address.",
            "Pour se connecter avec un compte professionnel : son adresse courriel.",
        ),
        Some(_) => f.t(
            "To sign in with a work account: its user name.",
            "Pour se connecter avec un compte professionnel : son nom d’utilisateur.",
        ),
    }
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    people_page(&office, &visit, PeopleNews::default()).await
}

/// A person to invite.
pub(super) struct InviteForm {
    login: String,
    name: String,
    role: Role,
    scope: Scope,
}

const NO_ROLE: FieldFault = FieldFault::new("Choose a role.", "Choisissez un rôle.");
const NO_SCOPE: FieldFault = FieldFault::new(
    "Choose the inquiries this person can see: for a counter, usually its location’s.",
    "Choisissez les demandes que cette personne peut voir : pour un comptoir, en général celles de son point de service.",
);

impl FromFields for InviteForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let login = login_of(fields.text("login")).ok_or(NOT_A_LOGIN)?;
        let words = ("Enter the person’s name.", "Entrez le nom de la personne.");
        let name = fields.name("name", STAFF_NAME_CHARS_MAX, words)?;
        let role = Role::parse(fields.text("role")).ok_or(NO_ROLE)?;
        // Roles that answer may read all by default; for a counter the scope must be chosen, even
        // if it is all.
        let scope = match fields.text("scope") {
            "" if role != Role::Counter => Some(Scope::All),
            text => scope_in(text, catalogue),
        };
        Ok(Self { login, name, role, scope: scope.ok_or(NO_SCOPE)? })
    }
}

/// Invites a person; the link is shown once, to be passed on.
pub(super) async fn invite(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<InviteForm>,
) -> PageResult {
    let InviteForm { login, name, role, scope } = match asked {
        Ok(form) => form,
        Err(fault) => return people_page(&office, &visit, PeopleNews::fault(fault)).await,
    };
    let (secret, invitation) = new_invitation(now_ms());
    let row = StaffRow {
        login,
        name,
        role: role.number(),
        scope: scope.text(),
        password: None,
        invitation: Some(invitation),
        is_active: true,
        version: 0,
    };
    let by = by(&office, &proof);
    let change = office.store().add_staff(&row, by, "invite", &audit_context(&proof, &row)).await?;
    match change {
        StaffChange::Done => invited_page(&office, &visit, row, &secret).await,
        StaffChange::Overtaken => {
            people_page(&office, &visit, PeopleNews::fault(LOGIN_TAKEN)).await
        }
        other => refused(&office, &visit, other).await,
    }
}

/// The author of a change of who works here.
pub(super) fn by<'a>(office: &Office, form: &'a CheckedForm) -> ChangedBy<'a> {
    ChangedBy::Administrator { login: form.login(), has_work_accounts: office.provider.is_some() }
}

/// Who changed whom. The audit log's list of password sign-ins parses the first word of the reason
/// (`records::sign_ins`).
fn audit_context(form: &CheckedForm, row: &StaffRow) -> AuditContext {
    let role = Role::of_number(row.role).map_or("", Role::name);
    form.audit_context(format!("{} as {role}, reads {}", row.login, row.scope))
}

async fn invited_page(office: &Office, visit: &Visit, row: StaffRow, secret: &str) -> PageResult {
    let link = invitation_path(&row.login, secret);
    people_page(office, visit, PeopleNews { link, invited: row.name, fault: None }).await
}

/// The page with the reason why nothing was changed.
async fn refused(office: &Office, visit: &Visit, change: StaffChange) -> PageResult {
    let fault = match change {
        StaffChange::Overtaken => FieldFault::new(
            "Someone else changed this person’s account. Your change was not saved: check the row and try again.",
            "Une autre personne a modifié ces renseignements. Votre changement n’est pas enregistré : vérifiez la ligne et réessayez.",
        ),
        StaffChange::LastAdministrator => FieldFault::new(
            "No administrator would remain. Make someone else an administrator first.",
            "Il ne resterait personne à l’administration. Nommez d’abord une autre personne.",
        ),
        StaffChange::NotAllowed | StaffChange::Done => FieldFault::new(
            "You are no longer an administrator. Nothing was changed.",
            "Vous n’êtes plus à l’administration. Rien n’a été changé.",
        ),
    };
    people_page(office, visit, PeopleNews::fault(fault)).await
}

/// The change of a person, and the version of the person that the page showed, if it says which.
pub(super) struct PersonForm {
    version: Option<u64>,
    step: PersonStep,
}

enum PersonStep {
    Leave,
    /// Hands over what somebody has left who was removed before.
    HandOver,
    InviteAgain,
    ResetFactor,
    /// Another role and scope.
    Change(Role, ChosenScope),
}

impl PersonStep {
    fn finished(&self) -> FinishedAct {
        match self {
            PersonStep::Leave | PersonStep::HandOver => FinishedAct::PersonRemoved,
            PersonStep::ResetFactor => FinishedAct::FactorReset,
            PersonStep::InviteAgain | PersonStep::Change(..) => FinishedAct::PersonChanged,
        }
    }
}

/// A scope as a form has it.
enum ChosenScope {
    /// The person's own: none was chosen.
    Unchanged,
    /// The text of a scope, and the scope if the catalogue has it. An unchanged scope stays valid
    /// even if its location is not in the catalogue any more.
    Named(String, Option<Scope>),
}

impl ChosenScope {
    /// The scope for a person with the stored scope `before`.
    fn after(self, before: &str) -> Result<Scope, FieldFault> {
        let scope = match self {
            Self::Named(text, scope) if text != before => scope,
            Self::Unchanged | Self::Named(..) => Scope::parse(before),
        };
        scope.ok_or(NO_SCOPE)
    }
}

impl FromFields for PersonForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let scope = || match fields.text("scope") {
            "" => ChosenScope::Unchanged,
            text => ChosenScope::Named(text.into(), scope_in(text, catalogue)),
        };
        let step = match fields.text("do") {
            "leave" => PersonStep::Leave,
            "hand-over" => PersonStep::HandOver,
            "invite" => PersonStep::InviteAgain,
            "reset-factor" => PersonStep::ResetFactor,
            _ => PersonStep::Change(Role::parse(fields.text("role")).ok_or(NO_ROLE)?, scope()),
        };
        Ok(Self { version: fields.parsed("version"), step })
    }
}

/// The person of an address, if it is not the author of the form.
async fn colleague(
    office: &Office,
    login: &str,
    author: &str,
) -> Result<Option<StaffRow>, StoreFault> {
    let Some(login) = login_of(login).filter(|login| login != author) else { return Ok(None) };
    office.store().person(&login).await
}

/// Changes the role, invites again, removes or readmits a person. Nobody can change themselves: an
/// office must not lose its last administrator.
pub(super) async fn change(
    State(office): State<Arc<Office>>,
    Path(login): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<PersonForm>,
) -> PageResult {
    let Some(mut row) = colleague(&office, &login, proof.login()).await? else {
        let fault = FieldFault::new(
            "You can’t change your own access. Ask another administrator.",
            "Vous ne pouvez pas modifier votre propre accès. Demandez à une autre personne de l’administration.",
        );
        return people_page(&office, &visit, PeopleNews::fault(fault)).await;
    };
    let step = match asked {
        Ok(PersonForm { version, step }) => {
            // The change applies to the version that the page showed.
            row.version = version.unwrap_or(row.version);
            step
        }
        Err(fault) => return people_page(&office, &visit, PeopleNews::fault(fault)).await,
    };
    let (store, by) = (office.store(), by(&office, &proof));
    let done = step.finished();
    let change = match step {
        PersonStep::Leave => return leave(&office, (&visit, &proof), row, Some(by)).await,
        // Somebody else may have invited the person again meanwhile.
        PersonStep::HandOver if row.is_active => {
            return refused(&office, &visit, StaffChange::Overtaken).await;
        }
        PersonStep::HandOver => return leave(&office, (&visit, &proof), row, None).await,
        PersonStep::InviteAgain => {
            let (secret, invitation) = new_invitation(now_ms());
            // The password may be lost, or known to somebody else.
            (row.is_active, row.password, row.invitation) = (true, None, Some(invitation));
            let change =
                store.change_staff(&row, by, "invite again", &audit_context(&proof, &row)).await?;
            if change == StaffChange::Done {
                return invited_page(&office, &visit, row, &secret).await;
            }
            change
        }
        PersonStep::ResetFactor => {
            store.reset_staff(&row, by, "reset second factor", &audit_context(&proof, &row)).await?
        }
        PersonStep::Change(role, scope) => {
            let scope = match scope.after(&row.scope) {
                Ok(scope) => scope,
                Err(fault) => return people_page(&office, &visit, PeopleNews::fault(fault)).await,
            };
            (row.role, row.scope) = (role.number(), scope.text());
            store.change_staff(&row, by, "role", &audit_context(&proof, &row)).await?
        }
    };
    match change {
        StaffChange::Done => Ok(go(&done.at_named("/office/people", &row.login))),
        other => refused(&office, &visit, other).await,
    }
}

/// Hands over what a person has open, or asks first who takes it. With `by`, who does it, takes all
/// access from the person first.
async fn leave(
    office: &Arc<Office>,
    (visit, proof): (&Visit, &CheckedForm),
    row: StaffRow,
    by: Option<ChangedBy<'_>>,
) -> PageResult {
    let heirs = heirs(office, visit, &row.login).await?;
    let open = assigned_to(office, &row.login);
    let Some(heir) = heir_in(proof, &heirs, open.is_empty()) else {
        let asked = removal(office, visit, &row, (open.len(), heirs), proof);
        let action = format!("/office/people/{}", row.login);
        let f = PageFrame::of(office, visit);
        return Ok(confirm::ask(&f, proof, &action, &asked));
    };
    let login = row.login.clone();
    if let Some(by) = by {
        match remove(office.store(), row, by, proof).await? {
            StaffChange::Done => {}
            other => return refused(office, visit, other).await,
        }
    }
    let handed = hand_over::begin(office, HandOver { proof: proof.clone(), login, heir }).await?;
    Ok(go(&FinishedAct::PersonRemoved.at_handed("/office/people", handed)))
}

/// The value of the choice that leaves the inquiries unassigned. No login has an asterisk.
const UNASSIGNED: &str = "*";

/// Who may take the inquiries of somebody who leaves: values and names.
async fn heirs(
    office: &Office,
    visit: &Visit,
    leaving: &str,
) -> Result<Vec<(String, String)>, StoreFault> {
    let f = PageFrame::of(office, visit);
    let none = f.t("No one: leave them unassigned", "Personne : les laisser sans attribution");
    let mut people = active_people(office).await?;
    people.retain(|(login, _)| login != leaving);
    people.insert(0, (UNASSIGNED.into(), none.into()));
    Ok(people)
}

/// Who takes the inquiries, once it was confirmed: a login, or nobody. `None` before.
fn heir_in(
    proof: &CheckedForm,
    heirs: &[(String, String)],
    has_nothing: bool,
) -> Option<Option<String>> {
    if !confirm::is_confirmed(proof) {
        return None;
    }
    let chosen = proof.typed().text("heir");
    match chosen {
        _ if has_nothing => Some(None),
        UNASSIGNED => Some(None),
        login => heirs.iter().any(|(of, _)| of == login).then(|| Some(login.into())),
    }
}

fn heir_label(f: &PageFrame, open: usize) -> String {
    f.n(
        open,
        &["Who takes the open inquiry?", "Qui prend la demande ouverte?"],
        &["Who takes the {n} open inquiries?", "Qui prend les {n} demandes ouvertes?"],
    )
}

/// The question before access is removed.
fn removal(
    office: &Office,
    visit: &Visit,
    row: &StaffRow,
    (open, heirs): (usize, Vec<(String, String)>),
    proof: &CheckedForm,
) -> Confirmation {
    let f = PageFrame::of(office, visit);
    let label = heir_label(&f, open);
    let fault = FieldFault::new("Choose who takes them.", "Choisissez qui les prend.");
    let (title, warning, act) = match row.is_active {
        true => (
            f.t("Remove access of {name}?", "Retirer l’accès à {name}?"),
            f.t(
                "The person is signed out at once. You can invite them again later.",
                "La personne est déconnectée aussitôt. Vous pourrez la réinviter plus tard.",
            ),
            f.t("Remove access", "Retirer l’accès"),
        ),
        false => (
            f.t(
                "Hand over the inquiries of {name}?",
                "Réattribuer les demandes confiées à {name}?",
            ),
            f.t("This person no longer has access.", "La personne n’a plus accès."),
            f.t("Hand over", "Réattribuer"),
        ),
    };
    Confirmation {
        title: f.with(title, "name", &row.name),
        facts: vec![(f.t("Username", "Identifiant"), row.login.clone())],
        warning,
        act,
        back: "/office/people".into(),
        choice: (open > 0).then_some(ConfirmChoice { name: "heir", label, options: heirs }),
        fault: confirm::is_confirmed(proof).then_some(fault),
        ..Confirmation::default()
    }
}

/// How often a removal is tried again when the person changes in the same moment.
const REMOVAL_TRIES: usize = 5;

/// Takes all access from a person, whatever changed since the page was shown: an invitation that
/// is accepted in the same moment does not save them.
///
/// A person who returns must enrol a new second factor; an old phone in a drawer opens nothing.
async fn remove(
    store: &AnyStore,
    mut row: StaffRow,
    by: ChangedBy<'_>,
    proof: &CheckedForm,
) -> Result<StaffChange, StoreFault> {
    for _ in 0..REMOVAL_TRIES {
        let Some(newest) = store.person(&row.login).await? else { break };
        row = StaffRow { is_active: false, password: None, invitation: None, ..newest };
        let change = store.reset_staff(&row, by, "leave", &audit_context(proof, &row)).await?;
        if change != StaffChange::Overtaken {
            return Ok(change);
        }
    }
    Ok(StaffChange::Overtaken)
}

#[derive(Template)]
#[template(path = "office/invitation.html")]
struct InvitationPage {
    f: PageFrame,
    name: String,
    login: String,
    is_good: bool,
    least: usize,
    fault: String,
}

async fn invited(
    office: &Office,
    login: &str,
    secret: &str,
) -> Result<Option<StaffRow>, StoreFault> {
    let Some(login) = login_of(login) else { return Ok(None) };
    let (hash, now_ms) = (invitation_hash(secret), now_ms());
    let holds = |staff: &StaffRow| {
        staff
            .invitation
            .as_ref()
            .is_some_and(|invitation| invitation.hash == hash && invitation.until_ms > now_ms)
    };
    Ok(office.store().person(&login).await?.filter(|staff| staff.is_active && holds(staff)))
}

pub(super) async fn invitation(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path((login, secret)): Path<(String, String)>,
) -> PageResult {
    let row = invited(&office, &login, &secret).await?;
    let (is_good, name) = (row.is_some(), row.map(|row| row.name).unwrap_or_default());
    Ok(made(
        StatusCode::OK,
        &InvitationPage {
            f: PageFrame::of(&office, &visit),
            name,
            login,
            is_good,
            least: PASSWORD_CHARS_MIN,
            fault: String::new(),
        },
    ))
}

/// Accepts an invitation. It is checked again when it is stored: if the person was removed or
/// invited again while the password was hashed, the row has changed and nothing is stored.
pub(super) async fn accept(
    State(office): State<Arc<Office>>,
    Path((login, secret)): Path<(String, String)>,
    OfficeForm { visit, asked, .. }: OfficeForm<PasswordForm>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let none = |f: PageFrame, login: String| {
        let none = InvitationPage {
            f,
            name: String::new(),
            login,
            is_good: false,
            least: PASSWORD_CHARS_MIN,
            fault: String::new(),
        };
        Ok(made(StatusCode::NOT_FOUND, &none))
    };
    let Some(mut row) = invited(&office, &login, &secret).await? else { return none(f, login) };
    let password = asked.map(|form| form.password).unwrap_or_default();
    let known = [row.login.as_str(), row.name.as_str(), f.municipality.as_str()];
    if let Err(fault) = check_new(&password, &known).await.map_err(|_| busy(&f))? {
        let fault = password_fault(fault).words(f.language).into_owned();
        let again = InvitationPage {
            f,
            name: row.name,
            login,
            is_good: true,
            least: PASSWORD_CHARS_MIN,
            fault,
        };
        return Ok(made(StatusCode::UNPROCESSABLE_ENTITY, &again));
    }
    row.password = Some(hash(password).await.map_err(|_| busy(&f))?);
    row.invitation = None;
    let audit = AuditContext { who: row.login.clone(), reason: String::new(), at_ms: now_ms() };
    match office.store().change_staff(&row, ChangedBy::Themselves, "password", &audit).await? {
        StaffChange::Done => {
            row.version += 1;
            let_in(&office, &row, "after an invitation", "/office").await
        }
        _ => none(f, login),
    }
}

#[derive(Template)]
#[template(path = "office/audit.html")]
struct AuditPage {
    f: PageFrame,
    rows: Vec<AuditRow>,
    /// Where the chain is broken; `None` while it is intact.
    broken: Option<String>,
    count: u64,
    /// Entries that were verified so far.
    followed: u64,
    noted: String,
    older: Option<u64>,
}

struct AuditRow {
    number: u64,
    when: String,
    who: String,
    what: String,
    detail: String,
}

/// The audit log, newest entry first, and whether its chain is intact from the beginning.
pub(super) async fn audit(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let followed = office.audit_check.go_on(&office, ENTRIES_PER_PAGE).await?;
    let count = office.store().last_audit_number().await?;
    let before = query
        .get("before")
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(count + 1)
        .min(count + 1);
    let after = before.saturating_sub(AUDIT_ROWS + 1);
    let now = office.zone.moment(now_ms());
    let entries = office.store().audit(after, (before - 1 - after) as u32).await?;
    let rows = entries.into_iter().rev().map(|entry| AuditRow {
        number: entry.number,
        when: when::day_and_time(office.zone.moment(entry.at_ms), now, f.language),
        who: entry.who,
        what: entry.what,
        detail: entry.detail,
    });
    let page = AuditPage {
        rows: rows.collect(),
        broken: followed.broken,
        count,
        followed: followed.chain.number,
        noted: hex::encode(followed.chain.hash),
        older: (after > 0).then_some(after + 1),
        f,
    };
    Ok(made(StatusCode::OK, &page))
}

/// The signed head of the audit log, to be stored elsewhere.
pub(super) async fn audit_head(State(office): State<Arc<Office>>) -> PageResult {
    let receiver = office.receiver();
    let head = signed_head(office.store(), &receiver.municipality, &receiver.keys.now()).await?;
    Ok(download(
        "text/plain; charset=utf-8",
        &format!("audit-head-{}.txt", head.number),
        head.file(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::bare_frame;
    use crate::record_names::FrenchTexts;
    use domain::Language;

    #[test]
    fn the_choices_of_inquiries_are_in_the_language_of_the_page_and_send_the_same() {
        let town = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/municipalities/pine-harbour");
        let catalogue = publish::check_dir(&town).unwrap().0;
        let (hub, department) = (&catalogue.hubs()[0], departments(&catalogue).remove(0));
        let texts = FrenchTexts::from([
            (hub.name.clone(), "Mairie".to_string()),
            (department, "Greffe".to_string()),
        ]);
        let texts = Some(Arc::new(texts));
        let french = PageFrame { language: Language::French, texts, ..bare_frame() };
        let (shown, english) = (scopes(&french, &catalogue), scopes(&bare_frame(), &catalogue));
        let names: Vec<&str> = shown.iter().map(|(_, name)| name.as_str()).collect();
        assert!(names.contains(&"Adressées à\u{a0}: Mairie"), "{names:?}");
        assert!(names.contains(&"Service\u{a0}: Greffe"), "{names:?}");
        let sent = |scopes: Vec<(String, String)>| {
            scopes.into_iter().map(|(value, _)| value).collect::<Vec<_>>()
        };
        assert_eq!(sent(shown.clone()), sent(english));
    }

    #[test]
    fn who_takes_one_inquiry_is_asked_in_the_singular() {
        let french = PageFrame { language: Language::French, ..bare_frame() };
        assert_eq!(heir_label(&french, 1), "Qui prend la demande ouverte?");
        assert_eq!(heir_label(&french, 2), "Qui prend les 2 demandes ouvertes?");
        assert_eq!(heir_label(&bare_frame(), 1), "Who takes the open inquiry?");
    }
}
