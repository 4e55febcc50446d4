using System.Net;
using System.Text;
using Allianz.Portfolio.Tests.Support;
using static Allianz.Portfolio.Tests.Features.Imports.Importing;

namespace Allianz.Portfolio.Tests.Features.Imports;

[EngineFixtures]
public class ImportFileTests(Engine engine) : PortfolioFixture(engine, ("Imports:MaxBytes", "200000"), ("Imports:ShownRows", "50"))
{
    [Test]
    public async Task A_dry_run_says_what_would_be_done_and_changes_nothing()
    {
        var before = await Coordination.NewestRevisionAsync();

        using var response = await Coordination.ImportAsync(
            ListHeader + "1;Ampeln;;läuft;Verkehr;1.2.2026;;1.250,5;IHK / L.E.D.\r\n",
            List
        );

        var report = await response.JsonAsync(HttpStatusCode.OK);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 1, 0, 0, 0 }));
        Assert.That((bool)report["applied"]!, Is.False);
        Assert.That(report.ContainsKey("key"), Is.False);
        Assert.That((string?)report["separator"], Is.EqualTo("semicolon"));
        Assert.That((string?)report.Line(2)["outcome"], Is.EqualTo("created"));
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before));
        using var project = await Coordination.GetAsync("projects/l-1");
        await project.ProblemAsync(404, "not-found");
    }

    [Test]
    public async Task Applying_creates_projects_with_partners_and_fields_and_again_changes_nothing()
    {
        var csv =
            ListHeader
            + "a;Straßenlicht;\"Hell,\nund \"\"sparsam\"\"\";läuft;Energie & Umwelt;01.02.2026;31.12.2027;1.250,5;IHK zu Dortmund / L.E.D.\r\n"
            + "b;Zweites;;;;;;;\r\n";
        var before = await Coordination.NewestRevisionAsync();

        using var applied = await Coordination.ImportAsync(csv, List, "apply");
        var report = await applied.JsonAsync(HttpStatusCode.Created);
        using var again = await Coordination.ImportAsync(csv, List, "apply");
        var second = await again.JsonAsync(HttpStatusCode.OK);

        Assert.That(report.Counts(), Is.EqualTo(new[] { 2, 0, 0, 0 }));
        Assert.That(second.Counts(), Is.EqualTo(new[] { 0, 0, 2, 0 }));
        Assert.That(second["revisions"]!.AsArray(), Is.Empty);
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before + 1), "one revision for all, none for the second time");
        var project = await Coordination.GetJsonAsync("projects/l-a");
        Assert.That((string?)project["title"], Is.EqualTo("Straßenlicht"));
        Assert.That((string?)project["goal"], Is.EqualTo("Hell,\nund \"sparsam\""));
        Assert.That((string?)project["phase"], Is.EqualTo("implementing"));
        Assert.That((string?)project["fieldOfAction"]!["key"], Is.EqualTo("energie-umwelt"));
        Assert.That((string?)project["startsOn"], Is.EqualTo("2026-02-01"));
        Assert.That((decimal)project["budget"]!, Is.EqualTo(1_250_500m));
        Assert.That((string?)project["tags"]![0], Is.EqualTo("Liste"));
        Assert.That(
            project["participations"]!.AsArray().Select(p => (string?)p!["partner"]!["name"]),
            Is.EqualTo(new[] { "IHK zu Dortmund", "L.E.D." })
        );
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/l-b"))["phase"], Is.EqualTo("preparing"));
        using var location = await Coordination.GetAsync(applied.Headers.Location);
        var import = await location.JsonAsync(HttpStatusCode.OK);
        Assert.That((string?)import["fileName"], Is.EqualTo("Projekte 2026.csv"));
        Assert.That((long)import["lastRevision"]!, Is.EqualTo(before + 1));
        Assert.That((await Coordination.GetJsonAsync("imports")).Keys(), Does.Contain((string)report["key"]!));
    }

    [Test]
    public async Task Only_what_differs_is_changed_and_what_the_file_does_not_name_stays()
    {
        using var first = await Coordination.ImportAsync(ListHeader + "c;Alt;;;;;;10;IHK\r\n", List, "apply");
        await Coordination.ChangeAsync("projects/l-c", new { solution = "von Hand", visibility = "public" });
        Clock.Advance(TimeSpan.FromDays(1));

        using var second = await Coordination.ImportAsync(ListHeader + "c;Neu;;;;;;10;Stadt\r\n", List, "apply");

        var report = await second.JsonAsync(HttpStatusCode.Created);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 0, 1, 0, 0 }));
        Assert.That(
            report.Line(2)["changes"]!.AsArray().Select(c => (string?)c),
            Is.EquivalentTo(new[] { "title", "participations/contributor-stadt", "participations/contributor-ihk" })
        );
        var project = await Coordination.GetJsonAsync("projects/l-c");
        Assert.That((string?)project["title"], Is.EqualTo("Neu"));
        Assert.That((string?)project["solution"], Is.EqualTo("von Hand"));
        Assert.That((string?)project["visibility"], Is.EqualTo("public"));
        var ended = project["participations"]!.AsArray().Single(p => (string?)p!["partner"]!["key"] == "ihk")!;
        Assert.That((string?)ended["untilOn"], Is.EqualTo(Clock.Now.AddDays(-1).ToString("yyyy-MM-dd")));
        Assert.That((await Coordination.GetJsonAsync("projects?q=neu")).Keys(), Does.Contain("l-c"));
    }

    [Test]
    public async Task Whatever_is_wrong_is_said_with_line_and_column()
    {
        var csv =
            ListHeader
            + "d1;Gut;\"zwei\nZeilen\";;;;;;\r\n"
            + "d2;Datum;;;;31.02.2026;;;\r\n"
            + "d3;Betrag;;;;;;12,5 Mio;\r\n"
            + "d4;Stand;;kaputt;;;;;\r\n"
            + "d1;Doppelt;;;;;;;\r\n"
            + ";Ohne Nummer;;;;;;;\r\n"
            + "d7;;;;;;;;\r\n"
            + "d8;Zu kurz\r\n"
            + "d9;Ende;;;;1.1.2026;31.12.2025;;\r\n"
            + "d10;Minus;;;;;;-1;\r\n"
            + "d11;Bruchteil;;;;;;0,000001;\r\n"
            + $"d12;{new string('x', 201)};;;;;;;\r\n";

        using var response = await Coordination.ImportAsync(csv, List);

        var report = await response.JsonAsync(HttpStatusCode.OK);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 1, 0, 0, 11 }));
        (int Line, string? Column, string Reason)[] expected =
        [
            (4, "Beginn", "'31.02.2026' is no date of the form dd.MM.yyyy or d.M.yyyy."),
            (5, "Budget (T€)", "'12,5 Mio' is no amount such as 1.234,50."),
            (6, "Stand", "The mapping knows no phase 'kaputt'; it knows 'läuft', 'fertig'."),
            (7, null, "Line 2 is about the same project already."),
            (8, "Nr", "It is missing."),
            (9, "Titel", "It is missing."),
            (10, null, "The row has 2 fields, the headings are 9."),
            (11, "Ende", "The end lies before the beginning."),
            (12, "Budget (T€)", "'-1' is negative."),
            (13, "Budget (T€)", "'0,000001' has fractions of a cent."),
            (14, "Titel", "It has 201 characters; at most 200 are taken."),
        ];
        foreach (var (line, column, reason) in expected)
        {
            var refusal = report.Line(line)["refusals"]!.AsArray().Single()!;
            Assert.That(((string?)refusal["column"], (string?)refusal["reason"]), Is.EqualTo((column, reason)), $"line {line}");
        }
    }

    [Test]
    public async Task One_refused_row_keeps_all_from_being_written_unless_only_valid_ones_are_asked_for()
    {
        var csv = ListHeader + "e1;Gut;;;;;;;\r\ne2;Schlecht;;;;gestern;;;\r\n";
        var before = await Coordination.NewestRevisionAsync();

        using var all = await Coordination.ImportAsync(csv, List, "apply");
        var problem = await all.ProblemAsync(422, "invalid");
        var afterAll = await Coordination.NewestRevisionAsync();
        using var valid = await Coordination.ImportAsync(csv, List, "apply", "validOnly");
        var report = await valid.JsonAsync(HttpStatusCode.Created);
        using var again = await Coordination.ImportAsync(csv, List, "apply", "validOnly");

        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/file/3/Beginn"));
        Assert.That(afterAll, Is.EqualTo(before));
        Assert.That(report.Counts(), Is.EqualTo(new[] { 1, 0, 0, 1 }));
        Assert.That((await again.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 0, 0, 1, 1 }));
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before + 1));
    }

    [TestCase("utf-8", ';', false, "utf-8", "semicolon")]
    [TestCase("utf-8", ',', true, "utf-8", "comma")]
    [TestCase("utf-8", '\t', false, "utf-8", "tab")]
    [TestCase("windows-1252", ';', false, "windows-1252", "semicolon")]
    public async Task Encoding_and_separator_are_detected(
        string encoding,
        char separator,
        bool mark,
        string foundEncoding,
        string foundSeparator
    )
    {
        var key = $"f-{encoding}-{foundSeparator}";
        var text = (ListHeader + $"{key};Größe – „Höhe“;;;;;;;\r\n").Replace(';', separator);
        var bytes =
            encoding == "utf-8" ? Encoding.UTF8.GetBytes(text) : CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(text);

        using var response = await Coordination.ImportAsync([.. mark ? Encoding.UTF8.GetPreamble() : [], .. bytes], List, "apply");

        var report = await response.JsonAsync(HttpStatusCode.Created);
        Assert.That((string?)report["encoding"], Is.EqualTo(foundEncoding));
        Assert.That((string?)report["separator"], Is.EqualTo(foundSeparator));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/l-" + key))["title"], Is.EqualTo("Größe – „Höhe“"));
    }

    [Test]
    public async Task Bytes_that_are_not_the_encoding_of_the_mapping_are_named_by_line()
    {
        var map = List.Replace("\"project\":", "\"file\": { \"encoding\": \"utf-8\" }, \"project\":", StringComparison.Ordinal);
        byte[] csv = [.. Encoding.UTF8.GetBytes(ListHeader + "x;Gut;;;;;;;\r\ny;Gr"), 0xF6, .. "sse;;;;;;;\r\n"u8];

        using var response = await Coordination.ImportAsync(csv, map);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That(
            (string?)problem["errors"]![0]!["message"],
            Is.EqualTo("Line 3: the bytes are not UTF-8, which the mapping says they are.")
        );
    }

    [Test]
    public async Task A_quotation_mark_that_is_never_closed_or_stands_in_the_middle_refuses_its_row()
    {
        using var open = await Coordination.ImportAsync(ListHeader + "g1;Gut;;;;;;;\r\ng2;\"Offen;;;;;;;\r\ng3;Drei;;;;;;;\r\n", List);
        using var middle = await Coordination.ImportAsync(ListHeader + "g1;Gut;;;;;;;\r\ng2;\"Mit\"ten;;;;;;;\r\ng3;Drei;;;;;;;\r\n", List);

        var first = await open.JsonAsync(HttpStatusCode.OK);
        var second = await middle.JsonAsync(HttpStatusCode.OK);
        Assert.That(first.Counts(), Is.EqualTo(new[] { 1, 0, 0, 1 }));
        Assert.That((string?)first.Line(3)["refusals"]![0]!["reason"], Does.StartWith("A quotation mark"));
        Assert.That(second.Counts(), Is.EqualTo(new[] { 2, 0, 0, 1 }));
        Assert.That((string?)second.Line(3)["outcome"], Is.EqualTo("refused"));
    }

    [TestCase("{ \"name\": \"x\", \"project\": { \"key\": { \"column\": \"Nr\" } } }", 400)]
    [TestCase("{ \"name\": \"x\", \"project\": { \"key\": { \"column\": \"Nr\" }, \"title\": { } } }", 422)]
    [TestCase(
        "{ \"name\": \"x\", \"typo\": 1, \"project\": { \"key\": { \"column\": \"Nr\" }, \"title\": { \"column\": \"Titel\" } } }",
        400
    )]
    [TestCase("{ \"name\": \"x\", \"project\": { \"key\": { \"column\": \"Nr\" }, \"title\": { \"column\": \"Fehlt\" } } }", 422)]
    [TestCase(
        "{ \"name\": \"x\", \"project\": { \"key\": { \"column\": \"Nr\" }, \"title\": { \"column\": \"Titel\" }, \"endsOn\": { \"column\": \"Ende\", \"formats\": [\"MM\"] } } }",
        422
    )]
    [TestCase("{ \"name\": ", 400)]
    [TestCase("gibt-es-nicht", 422)]
    public async Task A_wrong_mapping_is_refused_with_the_place(string map, int status)
    {
        using var response = await Coordination.ImportAsync(ListHeader + "h;Gut;;;;;;;\r\n", map);

        var problem = await response.ProblemAsync(status, status == 400 ? "malformed" : "invalid");
        Assert.That(problem["errors"]!.AsArray(), Is.Not.Empty);
    }

    [Test]
    public async Task A_file_that_is_too_large_empty_or_UTF_16_is_refused()
    {
        using var large = await Coordination.ImportAsync(ListHeader + new string('x', 200_000), List);
        using var empty = await Coordination.ImportAsync("", List);
        using var utf16 = await Coordination.ImportAsync(
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(ListHeader)],
            List
        );

        await large.ProblemAsync(413, "too-large");
        await empty.ProblemAsync(422, "invalid");
        await utf16.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task A_report_shows_a_bounded_number_of_rows_and_all_totals()
    {
        var rows = Enumerable.Range(1, 120).Select(i => $"i{i};{(i == 100 ? "" : "Titel")};;;;;;;\r\n");

        using var response = await Coordination.ImportAsync(ListHeader + string.Concat(rows), List);

        var report = await response.JsonAsync(HttpStatusCode.OK);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 119, 0, 0, 1 }));
        Assert.That(report["rows"]!.AsArray(), Has.Count.EqualTo(50));
        Assert.That((int)report["rowsNotShown"]!, Is.EqualTo(70));
        Assert.That((string?)report.Line(101)["outcome"], Is.EqualTo("refused"));
    }

    [Test]
    public async Task Only_the_coordination_imports()
    {
        using var anonymous = await Anonymous.ImportAsync(ListHeader, List);
        using var reader = await Reader.ImportAsync(ListHeader, List);
        using var list = await Reader.GetAsync("imports");

        await anonymous.ProblemAsync(401, "unauthenticated");
        await reader.ProblemAsync(403, "forbidden");
        await list.ProblemAsync(403, "forbidden");
    }

    [Test]
    public async Task A_deleted_project_is_not_brought_back()
    {
        using var first = await Coordination.ImportAsync(ListHeader + "k;Weg;;;;;;;\r\n", List, "apply");
        using var deleted = await Coordination.DeleteAsync("projects/l-k", await Coordination.TagAsync("projects/l-k"));

        using var again = await Coordination.ImportAsync(ListHeader + "k;Weg;;;;;;;\r\n", List);

        var refusal = (await again.JsonAsync(HttpStatusCode.OK)).Line(2)["refusals"]![0]!;
        Assert.That((string?)refusal["column"], Is.EqualTo("Nr"));
        Assert.That((string?)refusal["reason"], Does.Contain("was deleted"));
    }
}
