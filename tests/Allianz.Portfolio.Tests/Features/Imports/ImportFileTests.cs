using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
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

    [TestCase("Liste\u202Exlsx.csv", "Listexlsx.csv")]
    [TestCase("\u2066\u200B", "-")]
    [TestCase("a\tb.csv", "a b.csv")]
    public async Task A_files_name_is_kept_without_what_no_text_may_have(string given, string kept)
    {
        var (project, name) = ($"name-{kept.Length}", given);
        await AppliedAsNamedAsync(project, name);

        Assert.That((await Coordination.AllAsync("imports")).Select(i => (string?)i["fileName"]), Has.Some.EqualTo(kept));
    }

    [Test]
    public async Task A_long_name_of_a_file_is_not_cut_within_a_character()
    {
        await AppliedAsNamedAsync("name-lang", new string('x', 259) + "😀.csv");

        Assert.That((await Coordination.AllAsync("imports")).Select(i => (string?)i["fileName"]), Has.Some.EqualTo(new string('x', 259)));
    }

    // As browsers send it: the bytes of the name in UTF-8, between quotation marks.
    private async Task AppliedAsNamedAsync(string project, string name)
    {
        const string boundary = "grenze";
        string Part(string head, string body) => $"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n";
        var body = Encoding.UTF8.GetBytes(
            Part($"name=\"file\"; filename=\"{name}\"", $"{ListHeader}{project};Titel {project};;;;;;;\r\n")
                + Part("name=\"map\"; filename=\"map.json\"", List)
                + Part("name=\"apply\"", "true")
                + $"--{boundary}--\r\n"
        );
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={boundary}");
        using var response = await Coordination.PostAsync("imports", content);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created), await response.Content.ReadAsStringAsync());
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
            (4, "Beginn", "'31.02.2026' is not a date of the form dd.MM.yyyy or d.M.yyyy."),
            (5, "Budget (T€)", "'12,5 Mio' is not an amount such as 1.234,50."),
            (6, "Stand", "The mapping has no phase 'kaputt'. It has: 'läuft', 'fertig'."),
            (7, null, "Line 2 is about the same project already."),
            (8, "Nr", "The value is missing."),
            (9, "Titel", "The value is missing."),
            (10, null, "The row has 2 fields, the headings are 9."),
            (11, "Ende", "endsOn must not be before startsOn."),
            (12, "Budget (T€)", "'-1' is negative."),
            (13, "Budget (T€)", "'0,000001' has fractions of a cent."),
            (14, "Titel", "The value has 201 characters; at most 200 are allowed."),
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
            Is.EqualTo("Line 3: the bytes are not UTF-8, although the mapping says so.")
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

    [Test]
    public async Task Three_digits_behind_a_mark_are_no_cents_and_a_column_is_judged_as_a_whole()
    {
        const string Column = "{ \"column\": \"Betrag\"DECIMAL }";
        string Map(string more) => Mapping("betrag", "Nr", $", \"budget\": {Column.Replace("DECIMAL", more, StringComparison.Ordinal)}");
        string Csv(params string[] amounts) => "Nr;Titel;Betrag\n" + string.Concat(amounts.Select((a, n) => $"b{n};Titel {n};{a}\n"));
        async Task<string?[]> ReasonsAsync(string more, params string[] amounts)
        {
            using var response = await Coordination.ImportAsync(Csv(amounts), Map(more));
            var report = await response.JsonAsync(HttpStatusCode.OK);
            return [.. amounts.Select((_, n) => (string?)report.Line(n + 2)["refusals"]?[0]!["reason"])];
        }

        var point = await ReasonsAsync("", "250.000", "1.500", "12.345.678", "99.95", "1.234,50", "1,500");
        var comma = await ReasonsAsync(", \"decimal\": \"comma\"", "250,000", "1,500", "250.000", "12.345.678", "1.234,50");
        var alone = await ReasonsAsync(", \"unit\": \"million\"", "1.500");
        var beside = await ReasonsAsync(", \"unit\": \"million\"", "1.500", "0.5", "0.125");
        var against = await ReasonsAsync(", \"unit\": \"thousand\"", "1.500", "0.5", "12.345.678");

        const string Asked = "three decimal places; is `decimal` right?";
        Assert.That(point[0], Does.StartWith($"'250.000' has {Asked}").And.EndsWith("'12.345.678' in line 4 says that it is not."));
        Assert.That(point[1], Does.Contain(Asked));
        Assert.That(point[2], Is.EqualTo("'12.345.678' is not an amount such as 1,234.50; is `decimal` right?"));
        Assert.That((point[3], point[5]), Is.EqualTo(((string?)null, (string?)null)));
        Assert.That(point[4], Does.Contain("is `decimal` right?"));
        Assert.That(
            comma.Select(reason => reason?.Contains(Asked, StringComparison.Ordinal)),
            Is.EqualTo(new bool?[] { true, true, null, null, null })
        );
        Assert.That(alone.Single(), Does.Contain(Asked));
        Assert.That(beside, Is.All.Null);
        Assert.That(against[0], Does.Contain(Asked));
    }

    [Test]
    public async Task Names_that_agree_in_their_first_letters_or_have_no_Latin_ones_stay_what_they_are_and_are_found_again()
    {
        const string Long = "Arbeitskreis für die Entwicklung von Stadtteilen und Wohnquartieren";
        const string Verein = "Förderverein für Bildung, Beschäftigung und Teilhabe im Kreis Musterhausen und Umgebung e.V. (FBTK)";
        var csv =
            "Nr;Titel;Träger\n"
            + $"n1;Nord;{Long} Nord|{Long} Süd\nn2;Süd;{Long} Süd\nn3;Lernhaus;{Verein}\nn4;Partnerstadt;Приморск|Задачинск\nn5;Kurz;  stadt   MUSTERHAUSEN\n";
        var map = Mapping("namen", "Nr", "", ", \"partners\": [{ \"column\": \"Träger\", \"between\": \"|\", \"role\": \"contributor\" }]");
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "gemacht",
                name = "Задачинск",
                kind = "other",
            }
        );
        await Coordination.CreateAsync("partners", new { name = "Stadt Musterhausen", kind = "other" });

        using var dry = await Coordination.ImportAsync(csv, map);
        using var applied = await Coordination.ImportAsync(csv, map, "apply");
        using var again = await Coordination.ImportAsync(csv.Replace("Süd\nn2", "SÜD\nn2", StringComparison.Ordinal), map, "apply");

        Assert.That((await dry.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 5, 0, 0, 0 }));
        Assert.That((await applied.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 5, 0, 0, 0 }));
        Assert.That((await again.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 0, 0, 5, 0 }));
        async Task<string?[]> PartnersAsync(string project) =>
            [
                .. (await Coordination.GetJsonAsync("projects/" + project))["participations"]!
                    .AsArray()
                    .Select(p => (string?)p!["partner"]!["name"]),
            ];
        Assert.That(await PartnersAsync("l-n1"), Is.EquivalentTo(new[] { Long + " Nord", Long + " Süd" }));
        Assert.That(await PartnersAsync("l-n2"), Is.EqualTo(new[] { Long + " Süd" }));
        Assert.That(await PartnersAsync("l-n3"), Is.EqualTo(new[] { Verein }));
        Assert.That(await PartnersAsync("l-n4"), Is.EquivalentTo(new[] { "Приморск", "Задачинск" }));
        Assert.That(await PartnersAsync("l-n5"), Is.EqualTo(new[] { "Stadt Musterhausen" }));
        Assert.That(
            (await Coordination.GetJsonAsync("projects/l-n4"))["participations"]!.AsArray().Select(p => (string?)p!["partner"]!["key"]),
            Does.Contain("gemacht")
        );
    }

    [Test]
    public async Task Names_that_are_only_alike_make_a_new_partner_and_are_listed()
    {
        await Coordination.CreateAsync("partners", new { name = "Wohnungsbau Musterfeld e.V.", kind = "other" });
        var map = Mapping("alike", "Nr", "", ", \"partners\": [{ \"column\": \"Träger\", \"role\": \"contributor\" }]");

        using var response = await Coordination.ImportAsync(
            "Nr;Titel;Träger\na1;Eins;Wohnungsbau Musterfeld e. V.\na2;Zwei;Wohnungsbau Musterfelt eV\na3;Drei;Ganz anders\n",
            map
        );

        var report = await response.JsonAsync(HttpStatusCode.OK);
        Assert.That(
            report["similar"]!.AsArray().Select(s => ((int)s!["line"]!, (string?)s["what"], (string?)s["like"])),
            Is.EqualTo(new[] { (2, "partner", "Wohnungsbau Musterfeld e.V."), (3, "partner", (string?)"Wohnungsbau Musterfeld e.V.") })
        );
    }

    [Test]
    public async Task Whatever_was_made_by_API_can_be_named_also_where_two_have_one_name()
    {
        foreach (var key in new[] { "zwilling-a", "zwilling-b" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = "Zwilling GmbH",
                    kind = "company",
                }
            );
        }
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "umbenannt",
                name = "Alter Name",
                kind = "company",
            }
        );
        await Coordination.ChangeAsync("partners/umbenannt", new { name = "Neuer Name" });
        string Map(string by) => Mapping("wer", "Nr", "", $", \"partners\": [{{ \"column\": \"Träger\", \"role\": \"contributor\"{by} }}]");

        using var named = await Coordination.ImportAsync("Nr;Titel;Träger\nw1;Eins;Zwilling GmbH\nw2;Zwei;Alter Name\n", Map(""));
        using var keyed = await Coordination.ImportAsync(
            "Nr;Titel;Träger\nw1;Eins;zwilling-b\nw2;Zwei;gibt-es-nicht\n",
            Map(", \"by\": \"key\"")
        );

        var first = await named.JsonAsync(HttpStatusCode.OK);
        Assert.That(
            (string?)first.Line(2)["refusals"]![0]!["reason"],
            Is.EqualTo("More than one partner has this name: zwilling-a, zwilling-b. Name it by its key (`\"by\": \"key\"`).")
        );
        Assert.That((string?)first.Line(3)["outcome"], Is.EqualTo("created"));
        Assert.That(first["similar"]!.AsArray(), Is.Empty, "a name that a partner had is still its name");
        var second = await keyed.JsonAsync(HttpStatusCode.OK);
        Assert.That(second.Counts(), Is.EqualTo(new[] { 1, 0, 0, 1 }));
        Assert.That((string?)second.Line(3)["refusals"]![0]!["reason"], Is.EqualTo("There is no partner with the key 'gibt-es-nicht'."));
    }

    [TestCase("Ausbau der Ladesäulen an den städtischen Parkplätzen und Häusern, Stufe ", "A", "B")]
    [TestCase("C", "++", "#")]
    [TestCase("Проект ", "1", "1 б")]
    public async Task Titles_that_give_one_key_are_two_projects_also_in_two_files(string title, string one, string other)
    {
        const string Map =
            """{ "name": "titel", "project": { "key": { "column": "Titel", "prefix": "t-" }, "title": { "column": "Titel" } } }""";

        using var first = await Coordination.ImportAsync($"Titel;x\n{title}{one};\n", Map, "apply");
        using var second = await Coordination.ImportAsync($"Titel;x\n{title}{other};\n", Map, "apply");
        using var both = await Coordination.ImportAsync($"Titel;x\n{title}{other};\n{title}{one};\n", Map, "apply");

        Assert.That((await first.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 1, 0, 0, 0 }));
        Assert.That((await second.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 1, 0, 0, 0 }));
        Assert.That((await both.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 0, 0, 2, 0 }));
    }

    [Test]
    public async Task A_bad_code_point_refuses_its_cell_and_a_bad_heading_the_file()
    {
        var map = Mapping("zeichen", "Nr", ", \"problem\": { \"column\": \"Problem\" }");

        using var cells = await Coordination.ImportAsync(
            "Nr;Titel;Problem\nz1;Brücke;gut\nz2;Schule;Text mit \ufffe Ende\nz3;Weg\u202e;gut\nz4;\u200b;gut\n",
            map
        );
        using var heading = await Coordination.ImportAsync("Nr;Titel;Prob\ufffelem\nz1;Brücke;gut\n", map);

        var report = await cells.JsonAsync(HttpStatusCode.OK);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 1, 0, 0, 3 }));
        Assert.That(
            new[] { 3, 4, 5 }.Select(line => report.Line(line)["refusals"]![0]!).Select(r => ((string?)r["column"], (string?)r["reason"])),
            Is.EqualTo(
                new[]
                {
                    ("Problem", "The text has a code point that is no character (U+FFFE)."),
                    ("Titel", "The text has a character that turns the direction of writing (U+202E)."),
                    ("Titel", (string?)"The text has no visible characters."),
                }
            )
        );
        await heading.ProblemAsync(422, "invalid");
    }

    [Test]
    public async Task A_list_without_an_id_is_told_apart_by_several_columns_or_by_its_lines()
    {
        const string Csv = "Bezirk,Thema\nMitte,Radwege\nNord,Radwege\n\"Mitte Radwege\",Nord\n";
        string Map(string key) => $$"""{ "name": "ohne", "project": { "key": {{key}}, "title": { "column": "Thema" } } }""";
        var (two, line) = (Map("""{ "columns": ["Bezirk", "Thema"], "prefix": "o-" }"""), Map("""{ "line": true, "prefix": "z-" }"""));

        using var one = await Coordination.ImportAsync(Csv, Map("""{ "column": "Thema" }"""));
        using var byTwo = await Coordination.ImportAsync(Csv, two, "apply");
        using var again = await Coordination.ImportAsync(Csv, two, "apply");
        using var byLine = await Coordination.ImportAsync(Csv, line, "apply");
        using var moved = await Coordination.ImportAsync("Bezirk,Thema\nSüd,Neu\nMitte,Radwege\n", line);

        Assert.That((await one.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 2, 0, 0, 1 }));
        Assert.That((await byTwo.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 3, 0, 0, 0 }));
        Assert.That((await again.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 0, 0, 3, 0 }));
        Assert.That((await byLine.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 3, 0, 0, 0 }));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/o-nord.radwege"))["title"], Is.EqualTo("Radwege"));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/z-4"))["title"], Is.EqualTo("Nord"));
        Assert.That(
            (string?)(await moved.JsonAsync(HttpStatusCode.OK)).Line(2)["refusals"]![0]!["reason"],
            Does.Contain("identified only by its line").And.Contain("--replace")
        );
    }

    [Test]
    public async Task Headings_are_found_below_titles_over_two_lines_and_behind_the_separator_that_Excel_names()
    {
        var map = Mapping(
            "kopf",
            "Nr",
            ", \"goal\": { \"column\": \"Ziel (kurz)\" }, \"tags\": [{ \"column\": \"Orte\", \"between\": \"line\" }]"
        );
        const string Csv =
            "sep=;\nProjektliste 2026;;;\nStand: 1. Juni;;;\n;;;\nNr;Titel;\"Ziel\n(kurz)\";Orte\nk1;\"Rad-\nhaus\";\"eins\nzwei\";\"Hörde\nMitte\"\n;;;\nk2;Zweites;;\n";

        using var applied = await Coordination.ImportAsync(Csv, map, "apply");

        var report = await applied.JsonAsync(HttpStatusCode.Created);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 2, 0, 0, 0 }));
        Assert.That((string?)report.Line(7)["project"], Is.EqualTo("l-k1"));
        var project = await Coordination.GetJsonAsync("projects/l-k1");
        Assert.That((string?)project["title"], Is.EqualTo("Rad- haus"));
        Assert.That((string?)project["goal"], Is.EqualTo("eins\nzwei"));
        Assert.That(project["tags"]!.AsArray().Select(t => (string?)t), Is.EqualTo(new[] { "Hörde", "Mitte" }));
    }

    [TestCase(new byte[] { 0x50, 0x4B, 3, 4, 20, 0 }, "This is an Excel file; save it as CSV UTF-8")]
    [TestCase(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1 }, "This is an old Excel file")]
    [TestCase(new byte[] { 0xEF, 0xBB, 0xBF, 0x3C, 0x3F, 0x78, 0x6D, 0x6C }, "This is an XML file")]
    [TestCase(new byte[] { 0x25, 0x50, 0x44, 0x46, 0x2D }, "This is a PDF file")]
    public async Task A_file_of_another_kind_is_known_by_its_first_bytes(byte[] bytes, string said)
    {
        using var response = await Coordination.ImportAsync(bytes, List);

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["message"], Does.StartWith(said));
    }

    [Test]
    public async Task Title_and_lead_of_a_project_that_others_made_change_only_when_that_is_asked_for()
    {
        foreach (var key in new[] { "l-r1", "l-r2", "l-r3" })
        {
            await Coordination.CreateAsync("projects", new { key, title = "Von Hand" });
        }
        var map = Mapping(
            "ersetzt",
            "Nr",
            ", \"goal\": { \"column\": \"Ziel\" }",
            ", \"partners\": [{ \"column\": \"Leitung\", \"role\": \"lead\" }]"
        );
        const string Csv =
            "Nr;Titel;Ziel;Leitung\nr1;Umbenannt;;\nr2;Von Hand;;Tiefbauamt\nr3;Von Hand;Nur das Ziel;\nr4;Neu;;Tiefbauamt\n";

        using var refused = await Coordination.ImportAsync(Csv, map);
        using var applied = await Coordination.ImportAsync(Csv, map, "apply", "replace");
        using var ours = await Coordination.ImportAsync("Nr;Titel;Ziel;Leitung\nr4;Ganz neu;;Hochbauamt\n", map);

        var report = await refused.JsonAsync(HttpStatusCode.OK);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 1, 1, 0, 2 }));
        Assert.That((string?)report.Line(2)["refusals"]![0]!["column"], Is.EqualTo("Titel"));
        Assert.That(
            (string?)report.Line(2)["refusals"]![0]!["reason"],
            Does.Contain("'Von Hand'").And.Contain("--replace").And.Contain("replace=true")
        );
        Assert.That((string?)report.Line(3)["refusals"]![0]!["column"], Is.EqualTo("Leitung"));
        Assert.That((await applied.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 1, 3, 0, 0 }));
        Assert.That((await ours.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 0, 1, 0, 0 }));
    }

    [Test]
    public async Task A_dry_run_waits_for_nobody_and_holds_nobody_up()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        await using var writing = await scope
            .ServiceProvider.GetRequiredService<PortfolioLedger>()
            .BeginAsync(Caller.Program("test"), "test", CancellationToken.None);

        using var waiting = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var dry = Coordination.ImportAsync(ListHeader + "y1;Neu;;;Feld;;;;IHK\r\ny1;Doppelt;;;;;;;\r\n", List);
        var refused = Coordination.ImportAsync(ListHeader + "y1;Neu;;kaputt;;;;;\r\n", List, "apply");
        await Task.WhenAll(dry, refused).WaitAsync(waiting.Token);

        using var tried = await dry;
        using var not = await refused;
        Assert.That((await tried.JsonAsync(HttpStatusCode.OK)).Counts(), Is.EqualTo(new[] { 1, 0, 0, 1 }));
        await not.ProblemAsync(422, "invalid");
    }

    /// <summary>A round trip for each row would hold the counter row for minutes on a server that is some milliseconds away.</summary>
    [Test]
    public async Task An_import_sends_at_most_one_statement_for_a_hundred_rows_of_a_table()
    {
        const int Rows = 300;
        const string Map = """
            {
              "name": "rundgang",
              "project": {
                "key": { "column": "Nr", "prefix": "rt-" },
                "title": { "column": "Titel" },
                "fieldOfAction": { "column": "Feld" },
                "budget": { "column": "Budget" }
              },
              "partners": [{ "column": "Amt", "role": "lead", "kind": "publicAdministration" }],
              "milestones": [{ "key": "abschluss", "title": "Abschluss", "forecast": { "column": "Fertig", "formats": ["yyyy-MM-dd"] } }],
              "status": { "reportedOn": { "column": "Gemeldet", "formats": ["yyyy-MM-dd"] }, "spent": { "column": "Ausgegeben" } }
            }
            """;
        static string Csv(int more) =>
            "Nr,Titel,Feld,Budget,Amt,Fertig,Gemeldet,Ausgegeben\n"
            + string.Concat(
                Enumerable
                    .Range(1, Rows)
                    .Select(n =>
                        $"{n},Vorhaben {n} {more},Feld {n % 30},{n + more},Amt {(n + more) % 200},2030-01-{(n + more) % 28 + 1:00},2024-0{1 + more}-01,{n}\n"
                    )
            );
        var before = await Coordination.NewestRevisionAsync();

        var first = await SentAsync(Csv(0), "apply");
        var same = await SentAsync(Csv(0), "apply");
        var dry = await SentAsync(Csv(1));
        var changed = await SentAsync(Csv(1), "apply");

        Assert.That(first.Counts, Is.EqualTo(new[] { Rows, 0, 0, 0 }));
        Assert.That(same.Counts, Is.EqualTo(new[] { 0, 0, Rows, 0 }));
        Assert.That(dry.Counts, Is.EqualTo(new[] { 0, Rows, 0, 0 }));
        Assert.That(changed.Counts, Is.EqualTo(new[] { 0, Rows, 0, 0 }));
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before + 2));
        // In the order of the rows, however they are put together.
        var lines = (await ChangesAsync(before + 1)).Where(c => c is not { Kind: "partner" or "fieldOfAction" or "import" }).ToList();
        string[] kinds = ["project", "participation", "milestone", "statusUpdate"];
        Assert.That(lines.Select(c => c.Kind), Is.EqualTo(Enumerable.Repeat(kinds, Rows).SelectMany(k => k)));
        Assert.That(lines.Where(c => c.Kind == "project").Select(c => c.Key), Is.EqualTo(Enumerable.Range(1, Rows).Select(n => $"rt-{n}")));
        // Who writes between reading and the lock is not overlooked.
        var between = 0;
        Host.Services.GetRequiredService<PortfolioDatabase>().Sent += Interfere;
        using var after = await Coordination.ImportAsync(Csv(2), Map, "apply");
        Host.Services.GetRequiredService<PortfolioDatabase>().Sent -= Interfere;
        Assert.That((await after.JsonAsync(HttpStatusCode.Created)).Counts(), Is.EqualTo(new[] { 0, Rows, 0, 0 }));
        Assert.That((between, await Coordination.NewestRevisionAsync()), Is.EqualTo((1, before + 4)));
        Assert.That((decimal)(await Coordination.GetJsonAsync("projects/rt-1"))["budget"]!, Is.EqualTo(3m));
        await using var scope = Host.Services.CreateAsyncScope();
        var verified = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
        Assert.That(verified.Whole, Is.True, string.Join('\n', verified.Lines));

        void Interfere(string text)
        {
            if (text.StartsWith("SELECT m.*", StringComparison.Ordinal) && Interlocked.Exchange(ref between, 1) == 0)
            {
                Task.Run(ChangeAsync).GetAwaiter().GetResult();
            }
        }

        async Task ChangeAsync()
        {
            await using var revision = await Host
                .Services.GetRequiredService<PortfolioLedger>()
                .BeginAsync(Caller.Program("test"), "patchProject", default);
            var project = (await revision.FindAsync<Project>("rt-1", default))!;
            await revision.UpdateAsync(project, project with { BudgetCents = 7 }, null, default);
            await revision.CommitAsync(default);
        }

        async Task<(int[] Counts, int Sent)> SentAsync(string csv, params string[] flags)
        {
            var database = Host.Services.GetRequiredService<PortfolioDatabase>();
            var sent = new System.Collections.Concurrent.ConcurrentQueue<string>();
            database.Sent += sent.Enqueue;
            using var response = await Coordination.ImportAsync(csv, Map, flags);
            database.Sent -= sent.Enqueue;
            // What others wait for is writing; all is read before.
            Assert.That(
                sent.SkipWhile(text => !text.StartsWith("UPDATE Ledger SET Number = Number", StringComparison.Ordinal))
                    .Where(text => Regex.IsMatch(text, @"^SELECT [pmts]\.\*")),
                Is.Empty
            );
            var shapes = sent.CountBy(text =>
                    Regex.Replace(
                        Regex.Replace(text, @"\s+", " "),
                        @"(\(?@\w+\)?(, | OR )?|\(?Id = @\w+ AND FromRevision = @\w+\)?( OR )?)+",
                        "?"
                    )
                )
                .OrderByDescending(shape => shape.Value)
                .ToList();
            foreach (var (text, times) in shapes)
            {
                // A row changes several things, each of which is a line of the feed.
                Assert.That(times, Is.LessThanOrEqualTo(text.Contains("INTO Change ") ? 6 * Rows / 100 : Rows / 100), text);
            }
            var report = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
            return (report.Counts(), sent.Count);
        }
    }

    private static readonly Statement _changes = new(_ =>
        "SELECT c.Kind, c.[Key] FROM Change c WHERE c.Revision = @revision ORDER BY c.Ordinal"
    );

    private async Task<IReadOnlyList<ChangeLine>> ChangesAsync(long revision)
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default);
        return await session.QueryAsync<ChangeLine>(_changes, null, new { revision }, default);
    }

    private sealed record ChangeLine
    {
        public required string Kind { get; init; }
        public required string Key { get; init; }
    }

    private static string Mapping(string name, string key, string project, string more = "") =>
        $$"""{ "name": "{{name}}", "project": { "key": { "column": "{{key}}", "prefix": "l-" }, "title": { "column": "Titel" }{{project}} }{{more}} }""";
}
