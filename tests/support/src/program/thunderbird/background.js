// Does what job.json says: answers one mail of the inbox, follows a link, or writes a new one.
"use strict";

const pause = () => new Promise(resolve => setTimeout(resolve, 200));

async function found(id) {
    for (;;) {
        const { messages } = await messenger.messages.query({ headerMessageId: id });
        if (messages.length) {
            return messages[0];
        }
        await messenger.lab.fetch();
        await pause();
    }
}

async function tapped(link) {
    await messenger.lab.open(link);
    for (;;) {
        const [tab] = await messenger.tabs.query({ type: "messageCompose" });
        const { to, plainTextBody, body } = tab ? await messenger.compose.getComposeDetails(tab.id) : { to: [] };
        if (to.length && (plainTextBody || body)) {
            return tab;
        }
        await pause();
    }
}

async function begin(job) {
    if (job.link) {
        return tapped(job.link);
    }
    if (!job.answers) {
        return messenger.compose.beginNew({ to: job.to, subject: job.subject, isPlainText: job.plain });
    }
    const mail = await found(job.answers);
    const tab = await messenger.compose.beginReply(mail.id, "replyToSender", { isPlainText: job.plain });
    // The quote comes after the window.
    for (;;) {
        const { body, plainTextBody } = await messenger.compose.getComposeDetails(tab.id);
        if (job.plain ? plainTextBody.includes("\n>") : body.includes("<blockquote")) {
            return tab;
        }
        await pause();
    }
}

async function work() {
    const job = await (await fetch("job.json")).json();
    await messenger.lab.prepare(job);
    const tab = await begin(job);
    await messenger.lab.type(tab.id, job.text);
    for (const { name, type, base64 } of job.files) {
        const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
        await messenger.compose.addAttachment(tab.id, { file: new File([bytes], name, { type }) });
    }
    await messenger.compose.sendMessage(tab.id, { mode: "sendNow" });
    await messenger.lab.say("sent");
}

work().catch(problem => messenger.lab.say(`${problem}`));
