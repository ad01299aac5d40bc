// The office: a question is asked on a phone, answered by staff and read with the receipt, also
// without scripts. axe reports no violation on any page of the office, in either language, on a
// phone and on a desktop.
import test from "node:test";
import assert from "node:assert/strict";
import { findings } from "../hub/axe.mjs";
import { device, open, offlineReady, ask, received } from "../hub/hub.mjs";
import { office, signIn, surveyCode } from "../hub/office.mjs";

const SCRIPT = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

test("a question from a phone is answered at a desk without any script, and read with the receipt", async () => {
  const { server, password } = await office();
  const phone = await device();
  await open(phone.page, server.url);
  await offlineReady(phone.page);
  const reference = await ask(phone.page, `When is the ferry? ${SCRIPT}`, { base: server.url });
  await received(phone.page);
  const secret = (await phone.page.locator(".receipt__secret").innerText()).replaceAll(" ", "");

  const desk = await device({ width: 1280, height: 800, javaScriptEnabled: false, locale: "en-CA" });
  const { page } = desk;
  await signIn(page, server, "demo-office", password);
  const code = await surveyCode({ page, url: server.url }, { name: "After an inquiry", way: "after-inquiry" });
  await page.goto(`${server.url}/office`);
  assert.match(await page.locator(".demo").innerText(), /fictional/);
  await page.getByLabel("Words, name, email or reference number").fill(reference.toLowerCase());
  // One inquiry has this reference number, so the search opens it.
  await page.getByRole("button", { name: "Show" }).click();
  assert.match(await page.locator(".paper").innerText(), /When is the ferry\? <img src=x onerror=/, "what was written, letter by letter");
  await page.getByRole("button", { name: "Assign to me" }).click();
  await page.getByText("took this inquiry").waitFor();
  await page.getByLabel("Facts from the directory").selectOption("dog-licence");
  await page.getByRole("button", { name: "Insert the facts" }).click();
  assert.match(await page.getByLabel("Your reply").inputValue(), /dog/i);
  await page.getByLabel("Your reply").fill(`The ferry goes at 8:30.\n${SCRIPT}`);
  await page.getByLabel("Status page only").check();
  await page.getByRole("button", { name: "Send reply" }).click();
  await page.getByText("replied on the status page").waitFor();
  assert.match(await page.getByText(/On time:|Late:/).first().innerText(), /On time/);
  await page.getByRole("button", { name: "Close inquiry" }).click();
  await page.locator(".title .state.closed").waitFor();

  await open(phone.page, `${server.url}/status#${reference}.${secret}`);
  const reply = phone.page.locator(".reply");
  await reply.waitFor();
  assert.match(await reply.innerText(), /The ferry goes at 8:30\.\n<img src=x/, "as text, with its lines");
  assert.doesNotMatch(await phone.page.title(), /taken/);
  // The holder of the receipt of a closed question is invited to the survey, by an invitation of
  // their own.
  await phone.page.locator("main").getByRole("link", { name: "How did we do?" }).click();
  await phone.page.getByText("Your question was closed.").waitFor();
  assert.match(phone.page.url(), new RegExp(`/s/${code}/[0-9a-f]{32}$`));
  // The office is never cached by the app: without the server it cannot be reached.
  await server.stop();
  await assert.rejects(phone.page.goto(`${server.url}/office`));
  await phone.close();
  await desk.close();
});

test("keys lead through the list, words that were typed are asked for, and a script in a question does nothing", async () => {
  const { server, password } = await office({ inquiries: 40 });
  const phone = await device();
  await open(phone.page, server.url);
  await offlineReady(phone.page);
  const reference = await ask(phone.page, SCRIPT, { base: server.url });
  await received(phone.page);
  await phone.close();
  const { page, close } = await device({ width: 1280, height: 800, locale: "en-CA" });
  const reports = [];
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`)));
  page.on("console", (message) => message.type() === "error" && reports.push(message.text()));
  await signIn(page, server, "demo-office", password);
  await page.keyboard.press("j");
  const first = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press("j");
  assert.notEqual(await page.evaluate(() => document.activeElement.textContent), first);
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), first);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  // A call: the words, the contact, and one key; services are suggested while it is typed.
  await page.goto(`${server.url}/office`);
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: "New inquiry" }).waitFor();
  await page.keyboard.type("I need a licence for my dog");
  await page.locator("#suggested button").first().waitFor();
  assert.ok(await page.locator("#beside h2").innerText(), "the record stands beside the form");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Inquiry recorded.").waitFor();
  assert.match(await page.locator(".paper").innerText(), /a licence for my dog/);
  await page.goto(`${server.url}/office/inquiry/${reference}`);
  await page.getByLabel("Only the office sees this").fill(SCRIPT);
  await page.getByRole("button", { name: "Add note" }).click();
  await page.locator(".steps .message").waitFor();
  assert.doesNotMatch(await page.title(), /taken/);
  assert.deepEqual(reports, []);
  await close();
});

test("several are tagged in one act, a template is sent with its facts, and one key opens the next", async () => {
  const { server, password } = await office({ inquiries: 40 });
  const { page, close } = await device({ width: 1280, height: 800, locale: "en-CA" });
  await signIn(page, server, "demo-admin", password);
  await page.goto(`${server.url}/office/templates`);
  await page.getByLabel("Name, for colleagues").fill("Call us");
  await page.getByLabel("English text").fill("{greeting}\nPlease call {phone}.");
  await page.getByLabel("French text").fill("{salutation}\nAppelez le {téléphone}.");
  await page.getByRole("button", { name: "Save template" }).click();
  await page.getByText("Template saved.").waitFor();
  await page.goto(`${server.url}/office`);
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  assert.equal(await page.locator("[data-picked]").innerText(), "2");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByLabel("Tag, such as").fill("Snow");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByText("2 inquiries tagged.").waitFor();
  await page.goto(`${server.url}/office?tag=snow`);
  assert.equal(await page.locator("table.inbox tbody tr").count(), 2);
  await page.locator("table.inbox th a").first().click();
  await page.getByLabel("Template").selectOption("Call us");
  await page.getByRole("button", { name: "Insert the template" }).click();
  assert.match(await page.getByLabel("Your reply").inputValue(), /(call|Appelez le) \(?[0-9]/);
  await page.getByLabel("A printed letter").check();
  await page.getByLabel("Your reply").press("Control+Enter");
  await page.getByText("Reply sent and inquiry closed.").waitFor();
  await close();
});

for (const [width, colorScheme, locale] of [[360, "light", "fr-CA"], [1280, "dark", "en-CA"], [1280, "light", "fr-CA"], [320, "dark", "en-CA"]]) {
  test(`no findings in the office at ${width} px, ${colorScheme}, ${locale}`, async () => {
    const { server, password } = await office({ inquiries: 60 });
    const { page, close } = await device({ width, height: 800, colorScheme, locale, bypassCSP: true });
    const check = async (what) => {
      assert.deepEqual(await findings(page), [], what);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${what}: ${wide} px wide`);
    };
    await page.goto(`${server.url}/office/first`);
    await check("first");
    await page.goto(`${server.url}/office/sign-in`);
    await page.getByLabel(/Username|Identifiant/).fill("nobody");
    await page.getByLabel(/Password|Mot de passe/).fill("nothing");
    await page.getByRole("button", { name: /^Sign in|^Se connecter/ }).click();
    await page.getByRole("alert").waitFor();
    await check("a wrong password");
    await signIn(page, server, "demo-admin", password);
    await check("inbox");
    for (const path of ["?state=any&order=newest&due=today", "?q=nothing+has+this", "/new?done=recorded", "/people", "/audit", "/gaps", "/figures", "/survey", "/survey/compare", "/survey/comments", "/survey/ways", "/survey/baselines", "/counter", "/inventory", "/inventory/library-lindsay/sell-bag-tags", "/inventory/library-lindsay/take-property-tax-payment", "/inventory/proposals", "/events", "/tablets", "/templates", "/promises", "/daily-email", "?todo=given&tag=snow", "/nothing"]) {
      await page.goto(`${server.url}/office${path}`);
      await check(path);
    }
    await page.goto(`${server.url}/office?state=answered`);
    await page.locator("table.inbox th a").first().click();
    for (const summary of await page.locator("summary").all()) await summary.click();
    await check("inquiry");
    await page.getByRole("link", { name: /Print as a letter|Imprimer une lettre/ }).first().click();
    await check("letter");
    await close();
  });
}
