// A question as a conversation: the office asks something back, the answer is written without a
// network, arrives once, the question is closed with its result, and can be withdrawn.
import test from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { findings } from "../hub/axe.mjs";
import { ask, device, filesBelow, hub, offlineReady, open, received } from "../hub/hub.mjs";
import { office, signIn, surveyCode } from "../hub/office.mjs";

const ANSWER = "quokka-lantern-3316, the corner of King and Water";

/** Opens the page of the question with this reference number in the office. */
async function openInquiry(page, server, reference) {
  await page.goto(`${server.url}/office`);
  await page.getByLabel("Words, name, email or reference number").fill(reference);
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("heading", { name: "History" }).waitFor();
}

/** Opens the page of a question on its own device anew. */
async function openQuestion(page, server, reference) {
  await open(page, `${server.url}/messages`);
  await page.getByRole("link", { name: reference }).click();
  await page.getByRole("heading", { name: "Add to this question" }).waitFor();
}

test("the office asks back, an answer written offline is kept and arrives once, and closing says how it ended", async () => {
  const { server, password } = await office();
  const phone = await device();
  await open(phone.page, server.url);
  await offlineReady(phone.page);
  const reference = await ask(phone.page, "The street light is out", { base: server.url });
  await received(phone.page);
  const secret = (await phone.page.locator(".receipt__secret").innerText()).replaceAll(" ", "");

  const desk = await device({ width: 1280, height: 800, locale: "en-CA" });
  await signIn(desk.page, server, "demo-office", password);
  await surveyCode({ page: desk.page, url: server.url }, { name: "After an inquiry", way: "after-inquiry" });
  await openInquiry(desk.page, server, reference);
  await desk.page.getByLabel("Your reply").fill("Which corner is it?");
  await desk.page.getByLabel("Status page only").check();
  await desk.page.getByLabel("This reply asks the person something").check();
  await desk.page.getByRole("button", { name: "Send reply" }).click();
  await desk.page.getByText("asked the person something").waitFor();
  await desk.page.locator(".title .state.waiting").waitFor();

  // On the person's own device: the conversation, and the form to answer.
  await openQuestion(phone.page, server, reference);
  await phone.page.getByText("The City is waiting for your answer.").waitFor();
  assert.deepEqual(await phone.page.locator(".said p, .reply p").allInnerTexts(), ["The street light is out", "Which corner is it?"]);
  assert.deepEqual(await findings(phone.page), []);
  await phone.page.getByRole("button", { name: "Send to the City" }).click();
  await phone.page.getByText("Write what you want to add.").waitFor();

  // Without a network it is kept, sealed, and said so.
  await server.stop();
  await phone.page.getByLabel("What would you like to add?").fill(ANSWER);
  await phone.page.getByRole("button", { name: "Send to the City" }).click();
  await phone.page.getByText("It’s saved here and not sent yet.").waitFor();
  assert.equal(await phone.page.getByLabel("What would you like to add?").inputValue(), "");
  await phone.page.reload();
  await phone.page.getByText("It’s saved here and not sent yet.").waitFor();
  await server.start();
  await phone.page.evaluate(() => dispatchEvent(new Event("online")));
  // The reply was read before, so the conversation is folded.
  await phone.page.getByText("Show the reply").click();
  await phone.page.locator(".said p", { hasText: ANSWER }).waitFor();
  assert.equal(await phone.page.getByText("It’s saved here and not sent yet.").count(), 0);
  assert.equal(await phone.page.locator(".said p", { hasText: ANSWER }).count(), 1);

  // The office sees it once, and the response time runs again.
  for (let tries = 0; !(await desk.page.getByText("New words").count()); tries += 1) {
    assert.ok(tries < 20, "the inbox says that there are new words");
    await desk.page.goto(`${server.url}/office`);
    await desk.page.waitForTimeout(500);
  }
  await openInquiry(desk.page, server, reference);
  await desk.page.locator(".steps .added", { hasText: ANSWER }).waitFor();
  assert.equal(await desk.page.getByText(ANSWER).count(), 1);
  assert.equal(await desk.page.locator(".title .state.waiting").count(), 0);
  assert.deepEqual(await findings(desk.page), []);
  await desk.page.getByLabel("Your reply").fill("It shines again.");
  await desk.page.getByLabel("Status page only").check();
  await desk.page.getByRole("button", { name: "Send reply" }).click();
  await desk.page.locator(".title .state.answered").waitFor();
  await desk.page.getByLabel("Outcome").selectOption("done");
  await desk.page.getByRole("button", { name: "Close inquiry" }).click();
  await desk.page.locator(".title .state.closed").waitFor();

  // Closing says how it ended, and asks for an opinion once.
  const other = await device();
  await open(other.page, `${server.url}/status#${reference}.${secret}`);
  await other.page.getByText("How it ended: done as you asked.").waitFor();
  assert.equal(await other.page.locator("main").getByRole("link", { name: "How did we do?" }).count(), 1);
  assert.equal(await other.page.getByText("Withdraw this question").count(), 0, "it has ended");
  await other.close();

  // The words are nowhere on the device.
  await phone.context.close();
  for (const file of filesBelow(phone.profile)) {
    assert.ok(!fs.readFileSync(file).includes("quokka-lantern-3316"), `words in ${path.basename(file)}`);
  }
  await desk.close();
});

test("a question is withdrawn with two presses, in either language, and words open it again", async () => {
  const server = await hub();
  for (const [prefix, press, sure, ended, label, send] of [
    ["", "Withdraw this question", "Yes, withdraw it", "How it ended: you withdrew it.", "What would you like to add?", "Send to the City"],
    ["/fr", "Retirer cette question", "Oui, la retirer", "Résultat : vous l’avez retirée.", "Que voulez-vous ajouter?", "Envoyer à la Ville"],
  ]) {
    const own = await device();
    await open(own.page, server.url);
    await offlineReady(own.page);
    const reference = await ask(own.page, "Please call me about the fence", { base: server.url });
    await received(own.page);
    const secret = (await own.page.locator(".receipt__secret").innerText()).replaceAll(" ", "");
    const { page } = own;
    await open(page, `${server.url}${prefix}/status#${reference}.${secret}`);
    await page.getByText(press, { exact: true }).waitFor();
    assert.equal(await page.getByRole("button", { name: sure }).isVisible(), false, "one press does nothing");
    await page.getByText(press, { exact: true }).click();
    await page.getByRole("button", { name: sure }).click();
    // The office takes it over within a second or two.
    for (let tries = 0; !(await page.getByText(ended).count()); tries += 1) {
      assert.ok(tries < 20, await page.locator("main").innerText());
      await page.waitForTimeout(500);
      await page.locator("form button[type=submit]").click();
      await page.locator(".said").first().waitFor();
    }
    await page.getByLabel(label).fill("I need it after all");
    await page.getByRole("button", { name: send }).click();
    await page.locator(".said p", { hasText: "I need it after all" }).waitFor();
    assert.equal(await page.getByText(ended).count(), 0);
    await own.close();
  }
});

test("with another person’s reference number nothing can be added", async () => {
  const server = await hub();
  const own = await device();
  await open(own.page, server.url);
  await offlineReady(own.page);
  const reference = await ask(own.page, "When is garbage day?", { base: server.url });
  await received(own.page);
  const stranger = await device();
  await open(stranger.page, `${server.url}/status`);
  await stranger.page.getByLabel("Reference number").fill(reference);
  await stranger.page.getByLabel("Tracking code").fill("0".repeat(32));
  await stranger.page.getByRole("button", { name: "Check", exact: true }).click();
  await stranger.page.getByText("We can’t find this question.").waitFor();
  assert.equal(await stranger.page.getByRole("heading", { name: "Add to this question" }).count(), 0);
  await own.close();
  await stranger.close();
});
