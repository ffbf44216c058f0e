// Uses an Exchange server as Microsoft's Managed API does, in its JavaScript translation:
// node managed.mjs URL USER PASSWORD [DIRECTORY OF node_modules]
//
// The server has a public folder News. It is listed page by page, and an item is made, changed, given a file and deleted. Then the
// Availability service is asked for a user who has a busy third of November 2026.

import { createRequire } from "node:module";
import { join } from "node:path";

const [url, user, password, modules] = process.argv.slice(2);
const require = createRequire(modules ? join(modules, "index.js") : import.meta.url);
const ews = require("ews-javascript-api");

function check(what, got, want) {
  if (JSON.stringify(got) !== JSON.stringify(want)) {
    console.error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
    process.exit(1);
  }
}

const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2010_SP2);
service.Url = new ews.Uri(url);
service.Credentials = new ews.WebCredentials(user, password);

const mark = new ews.ExtendedPropertyDefinition(ews.DefaultExtendedPropertySet.PublicStrings, "Mark", ews.MapiPropertyType.String);
const shape = new ews.PropertySet(ews.BasePropertySet.IdOnly, [ews.ItemSchema.Subject, mark]);

const root = await ews.Folder.Bind(service, ews.WellKnownFolderName.PublicFoldersRoot);
const folders = await service.FindFolders(root.Id, new ews.FolderView(100));
const news = folders.Folders.find((f) => f.DisplayName === "News");
check("the folder", news?.DisplayName, "News");

for (let i = 0; i < 5; i++) {
  const post = new ews.PostItem(service);
  post.Subject = `post ${i}`;
  post.Body = new ews.MessageBody(ews.BodyType.Text, "text");
  post.SetExtendedProperty(mark, `mark ${i}`);
  await post.Save(news.Id);
}

async function list() {
  const all = [];
  const view = new ews.ItemView(2, 0);
  view.PropertySet = shape;
  view.OrderBy.Add(ews.ItemSchema.Subject, ews.SortDirection.Ascending);
  for (;;) {
    const found = await service.FindItems(news.Id, view);
    for (const item of found.Items) {
      const value = {};
      item.TryGetProperty(mark, value);
      all.push([item.Subject, value.outValue ?? value.propertyValue ?? value.value]);
    }
    if (!found.MoreAvailable) return all;
    view.Offset = found.NextPageOffset;
  }
}

check("the pages", await list(), [0, 1, 2, 3, 4].map((i) => [`post ${i}`, `mark ${i}`]));

async function find(subject) {
  const filter = new ews.SearchFilter.IsEqualTo(ews.ItemSchema.Subject, subject);
  const found = await service.FindItems(news.Id, filter, new ews.ItemView(10));
  check(`items called ${subject}`, found.Items.length, 1);
  return ews.Item.Bind(service, found.Items[0].Id, new ews.PropertySet(ews.BasePropertySet.FirstClassProperties, [mark]));
}

let item = await find("post 1");
item.Subject = "changed";
item.SetExtendedProperty(mark, "new mark");
await item.Update(ews.ConflictResolutionMode.NeverOverwrite);
check("the changed listing", (await list())[0], ["changed", "new mark"]);

item = await find("changed");
item.Attachments.AddFileAttachment("a.txt", Buffer.from("some text").toString("base64"));
await item.Update(ews.ConflictResolutionMode.NeverOverwrite);
item = await find("changed");
check("the files", item.Attachments.Items.map((a) => a.Name), ["a.txt"]);
await item.Attachments.Items[0].Load();
check("the file", Buffer.from(item.Attachments.Items[0].Base64Content, "base64").toString(), "some text");

await item.Delete(ews.DeleteMode.HardDelete);
check("the rest", (await list()).map((i) => i[0]), ["post 0", "post 2", "post 3", "post 4"]);

const window = new ews.TimeWindow(new ews.DateTime("2026-11-03T00:00:00"), new ews.DateTime("2026-11-04T00:00:00"));
const users = ["bob@contoso.test", "nobody@contoso.test"].map((address) => new ews.AttendeeInfo(address));
const answers = (await service.GetUserAvailability(users, window, ews.AvailabilityData.FreeBusy)).AttendeesAvailability.Responses;
check("the times", answers[0].CalendarEvents.map((e) => ews.LegacyFreeBusyStatus[e.FreeBusyStatus]), ["Busy", "Tentative", "Free", "OOF"]);
check("an unknown user", ews.ServiceError[answers[1].ErrorCode], "ErrorMailRecipientNotFound");
console.log("ok");
