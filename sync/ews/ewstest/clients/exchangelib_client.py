"""Uses an Exchange server as exchangelib does: python3 exchangelib_client.py URL USER PASSWORD ADDRESS.

The server has a public folder News. It is listed page by page, and an item is made, changed, given a file and deleted. Then the
Availability service is asked for a user who has a busy third of November 2026.
"""

import sys

from exchangelib import (
    DELEGATE,
    NTLM,
    Account,
    Configuration,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    ExtendedProperty,
    FileAttachment,
    Message,
)
from exchangelib.items import PostItem
from exchangelib.protocol import BaseProtocol, FailFast, NoVerifyHTTPAdapter


class Mark(ExtendedProperty):
    distinguished_property_set_id = "PublicStrings"
    property_name = "Mark"
    property_type = "String"


def check(what, got, want):
    if got != want:
        sys.exit(f"{what}: got {got!r}, want {want!r}")


def main(url, user, password, address):
    BaseProtocol.HTTP_ADAPTER_CLS = NoVerifyHTTPAdapter
    config = Configuration(
        service_endpoint=url, credentials=Credentials(user, password), auth_type=NTLM, retry_policy=FailFast()
    )
    account = Account(address, config=config, autodiscover=False, access_type=DELEGATE)
    for item in (Message, PostItem):
        item.register("mark", Mark)

    news = account.public_folders_root / "News"
    check("the folder's name", news.name, "News")

    for i in range(5):
        PostItem(account=account, folder=news, subject=f"post {i}", body="text", mark=f"mark {i}").save()
    listed = list(news.all().only("subject", "mark").order_by("subject"))
    check("the listing", [(i.subject, i.mark) for i in listed], [(f"post {i}", f"mark {i}") for i in range(5)])
    paged = news.all().only("subject").order_by("-subject")
    paged.page_size = 2
    check("the pages", [i.subject for i in paged], [f"post {i}" for i in (4, 3, 2, 1, 0)])
    check("a filter", [i.subject for i in news.filter(mark="mark 3").only("subject")], ["post 3"])

    def get(subject):
        # An old server refuses to be asked for fields of other kinds of items.
        return news.all().only("subject", "mark", "attachments", "changekey").get(subject=subject)

    item = get("post 1")
    item.subject = "changed"
    item.mark = "new mark"
    item.save(update_fields=["subject", "mark"])
    item = get("changed")
    check("the changed property", item.mark, "new mark")

    item.attach(FileAttachment(name="a.txt", content=b"some text"))
    item = get("changed")
    check("the files", [(a.name, a.content) for a in item.attachments], [("a.txt", b"some text")])
    item.attachments[0].detach()
    check("the files after detach", get("changed").attachments, [])

    get("changed").delete()
    check("the rest", sorted(i.subject for i in news.all().only("subject")), ["post 0", "post 2", "post 3", "post 4"])

    message = Message(account=account, folder=account.inbox, subject="hello", body="text", mark="inbox")
    message.save()
    check("the inbox", [i.mark for i in account.inbox.all().only("mark")], ["inbox"])

    if account.version.build.major_version > 8:  # 2007 cannot say which time zones it knows
        availability(account)
    print("ok")


def availability(account):
    berlin = EWSTimeZone("Europe/Berlin")
    start, end = EWSDateTime(2026, 11, 3, 8, tzinfo=berlin), EWSDateTime(2026, 11, 3, 15, tzinfo=berlin)
    users = [("bob@contoso.test", "Required", False), ("nobody@contoso.test", "Optional", False)]
    bob, nobody = account.protocol.get_free_busy_info(accounts=users, start=start, end=end, merged_free_busy_interval=60)
    check("the view", bob.view_type, "FreeBusyMerged")
    check("the digits", bob.merged, "0022000")
    times = [(e.start.strftime("%H:%M"), e.end.strftime("%H:%M"), e.busy_type) for e in bob.calendar_events]
    check("the events", times, [("10:00", "11:30", "Busy"), ("11:00", "12:00", "Tentative"), ("13:00", "14:00", "Free")])
    check("the working hours", [list(p.weekdays) for p in bob.working_hours], [[1, 2, 3, 4, 5]])
    check("an unknown user", type(nobody).__name__, "ErrorMailRecipientNotFound")


if __name__ == "__main__":
    main(*sys.argv[1:])
