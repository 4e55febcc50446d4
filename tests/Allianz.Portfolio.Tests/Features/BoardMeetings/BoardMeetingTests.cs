using System.Net;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.BoardMeetings;

[EngineFixtures]
public class BoardMeetingTests(Engine engine) : CrudTests(engine)
{
    protected override string Address => "board-meetings";

    protected override object New(string key) => new { key, meetingOn = "2026-12-08" };

    protected override object Change => new { place = "Rathaus" };

    [Test]
    public async Task A_meeting_makes_its_reporting_cycle_in_the_same_revision_and_moves_it()
    {
        var meeting = await Coordination.CreateAsync(Address, new { key = "wandert", meetingOn = "2027-03-16" });
        var cycle = await Reader.GetJsonAsync($"reporting-cycles/{(string)meeting["cycle"]!["key"]!}");

        Assert.That((long)cycle["revision"]!, Is.EqualTo((long)meeting["revision"]!));
        Assert.That((string?)cycle["meeting"], Is.EqualTo("wandert"));
        // 8 working days before Tuesday, 16 March 2027.
        Assert.That((string?)cycle["dueOn"], Is.EqualTo("2027-03-04"));

        await Coordination.ChangeAsync($"{Address}/wandert", new { meetingOn = "2027-03-23" });

        var moved = await Reader.GetJsonAsync($"reporting-cycles/{(string)cycle["key"]!}");
        Assert.That((string?)moved["dueOn"], Is.EqualTo("2027-03-11"));
        Assert.That((string?)moved["name"], Is.EqualTo("Sitzung am 23.03.2027"));
    }

    [Test]
    public async Task A_cycle_that_has_closed_stays_when_its_meeting_moves()
    {
        var today = DateOnly.FromDateTime(Clock.Now.UtcDateTime);
        var meeting = await Coordination.CreateAsync(Address, new { key = "vorbei", meetingOn = today.AddDays(-1) });
        var address = $"reporting-cycles/{(string)meeting["cycle"]!["key"]!}";
        var before = await Reader.GetJsonAsync(address);

        await Coordination.ChangeAsync($"{Address}/vorbei", new { meetingOn = today.AddDays(60) });

        Assert.That((await Reader.GetJsonAsync(address)).ToJsonString(), Is.EqualTo(before.ToJsonString()));
    }

    [Test]
    public async Task A_cycle_with_a_name_of_its_own_takes_its_days_from_a_meeting_and_follows_it()
    {
        await Coordination.CreateAsync(
            Address,
            new
            {
                key = "benannt",
                meetingOn = "2027-05-11",
                cycle = false,
            }
        );
        var made = await Coordination.CreateAsync(
            "reporting-cycles",
            new
            {
                key = "fruehjahr",
                name = "Frühjahrsrunde",
                meeting = "benannt",
            }
        );
        using var second = await Coordination.PostAsync("reporting-cycles", new { name = "Zweite Runde", meeting = "benannt" });
        using var unknown = await Coordination.PatchAsync("reporting-cycles/fruehjahr", new { meeting = "gibt-es-nicht" }, "*");
        await Coordination.ChangeAsync($"{Address}/benannt", new { meetingOn = "2027-05-18" });
        using var elsewhere = await Coordination.PatchAsync("reporting-cycles/fruehjahr", new { meetingOn = "2027-06-01" }, "*");

        Assert.That((string?)made["meetingOn"], Is.EqualTo("2027-05-11"));
        // 8 working days before Tuesday, 11 May 2027; Ascension Day lies between.
        Assert.That((string?)made["dueOn"], Is.EqualTo("2027-04-28"));
        await second.ProblemAsync(409, "conflict");
        await unknown.ProblemAsync(422, "invalid");
        Assert.That(elsewhere.IsSuccessStatusCode, Is.True);
        var cycle = await Reader.GetJsonAsync("reporting-cycles/fruehjahr");
        Assert.That((string?)cycle["name"], Is.EqualTo("Frühjahrsrunde"));
        Assert.That((string?)cycle["meetingOn"], Is.EqualTo("2027-05-18"), "the meeting says when it is");
        Assert.That((string?)cycle["dueOn"], Is.EqualTo("2027-05-04"));
        Assert.That((string?)(await Reader.GetJsonAsync($"{Address}/benannt"))["cycle"]!["key"], Is.EqualTo("fruehjahr"));
    }

    [Test]
    public async Task A_meeting_without_a_cycle_has_none()
    {
        var meeting = await Coordination.CreateAsync(
            Address,
            new
            {
                key = "ohne-runde",
                meetingOn = "2027-04-13",
                cycle = false,
            }
        );

        Assert.That(meeting.ContainsKey("cycle"), Is.False);
    }

    [Test]
    public async Task A_meeting_with_something_on_its_agenda_or_reported_for_it_is_not_deleted()
    {
        await Coordination.CreateAsync(Address, new { key = "belegt", meetingOn = "2027-05-11" });
        await Coordination.CreateAsync(
            "report-drafts",
            new
            {
                key = "belegt",
                title = "B",
                visibility = "board",
                meeting = "belegt",
            }
        );
        var reported = await Coordination.CreateAsync(Address, new { key = "gemeldet", meetingOn = "2026-11-10" });
        await Coordination.CreateAsync("projects", new { key = "meldet", title = "M" });
        await Coordination.CreateAsync(
            "projects/meldet/status-updates",
            new { cycle = (string)reported["cycle"]!["key"]!, lights = new { cost = "green" } }
        );

        using var agenda = await Coordination.DeleteAsync($"{Address}/belegt", "*");
        using var cycle = await Coordination.DeleteAsync($"{Address}/gemeldet", "*");

        Assert.That((string?)(await agenda.ProblemAsync(409, "conflict"))["detail"], Does.Contain("report draft 'belegt'"));
        await cycle.ProblemAsync(409, "conflict");
        await Reader.GetJsonAsync($"{Address}/gemeldet");
    }

    [Test]
    public async Task A_meeting_goes_with_its_cycle_when_nothing_was_reported()
    {
        var meeting = await Coordination.CreateAsync(Address, new { key = "faellt-aus", meetingOn = "2027-06-08" });
        var cycle = $"reporting-cycles/{(string)meeting["cycle"]!["key"]!}";

        using var deleted = await Coordination.DeleteAsync($"{Address}/faellt-aus", "*");

        Assert.That(deleted.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        using var gone = await Reader.GetAsync(cycle);
        await gone.ProblemAsync(404, "not-found");
    }
}
