using System.Diagnostics;
using System.Text;
using Allianz.Portfolio.Tests.Support;
using static Allianz.Portfolio.Tests.Features.Imports.Importing;

namespace Allianz.Portfolio.Tests.Features.Imports;

/// <summary>The verb as it is called from a shell: another process on the same database.</summary>
[EngineFixtures]
public class ImportVerbTests(Engine engine) : PortfolioFixture(engine)
{
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("portfolio-import-");

    [OneTimeTearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_file_is_tried_applied_and_applied_again()
    {
        var (csv, map) = (Write("liste.csv", ListHeader + "1;Ampeln;;läuft;;;;5;\r\n2;Bänke;;;;;;;\r\n"), Write("map.json", List));
        var before = await Coordination.NewestRevisionAsync();

        var dry = await RunAsync("import", csv, "--map", map);
        var afterDry = await Coordination.NewestRevisionAsync();
        var applied = await RunAsync("import", csv, "--map", map, "--apply", "--actor-reason", "Jahresliste");
        var again = await RunAsync("import", csv, "--map", map, "--apply");

        Assert.That((dry.Code, applied.Code, again.Code), Is.EqualTo((0, 0, 0)), dry.Errors + applied.Errors + again.Errors);
        Assert.That(dry.Output, Does.Contain("line 2: l-1 created").And.Contain("Dry run: nothing was written."));
        Assert.That(afterDry, Is.EqualTo(before));
        Assert.That(applied.Output, Does.Contain("2 rows: 2 created").And.Contain("Applied as liste"));
        Assert.That(again.Output, Does.Contain("2 unchanged").And.Contain("Nothing to do"));
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before + 1));
        Assert.That((string?)(await Coordination.GetJsonAsync("projects/l-2"))["title"], Is.EqualTo("Bänke"));
    }

    [Test]
    public async Task Refused_rows_end_with_1_unless_only_valid_ones_are_asked_for()
    {
        var (csv, map) = (Write("schlecht.csv", ListHeader + "8;;;;;;;;\r\n9;Gut;;;;;;;\r\n"), Write("map2.json", List));

        var all = await RunAsync("import", csv, "--map", map, "--apply");
        var valid = await RunAsync("import", csv, "--map", map, "--apply", "--valid-only", "--rows", "1");

        Assert.That((all.Code, valid.Code), Is.EqualTo((1, 0)), all.Errors + valid.Errors);
        Assert.That(
            all.Output,
            Does.Contain("line 2: l-8 refused: column 'Titel': The value is missing.")
                .And.Contain("Nothing was written, because rows are refused.")
        );
        Assert.That(valid.Output, Does.Contain("... and 1 more rows").And.Contain("1 created").And.Contain("1 refused"));
    }

    [Test]
    public async Task What_cannot_be_done_ends_with_1_and_wrong_words_with_2()
    {
        var csv = Write("leer.csv", "");

        var missing = await RunAsync("import", Path.Combine(_folder.FullName, "fehlt.csv"), "--map", "nyc-capital-projects");
        var unknown = await RunAsync("import", csv, "--map", "gibt-es-nicht");
        var empty = await RunAsync("import", csv, "--map", "nyc-capital-projects");
        var words = await RunAsync("import", csv);

        Assert.That((missing.Code, unknown.Code, empty.Code, words.Code), Is.EqualTo((1, 1, 1, 2)));
        Assert.That(missing.Errors, Does.Contain("fehlt.csv"));
        Assert.That(unknown.Errors, Does.Contain("gibt-es-nicht").And.Contain("us-federal-it-projects"));
        Assert.That(empty.Errors, Does.Contain("The file is empty."));
        Assert.That(words.Errors, Does.Contain("--map"));
    }

    [TestCase("UTC")]
    [TestCase("Europe/Berlin")]
    [TestCase("America/New_York")]
    public async Task The_day_of_a_date_with_an_offset_is_the_one_that_is_written_whatever_the_zone_of_the_server(string zone)
    {
        var nr = zone.Split('/')[^1].Replace('_', '-').ToLowerInvariant();
        var map = Write(
            "zone.json",
            """
            {
              "name": "zone",
              "project": {
                "key": { "column": "Nr", "prefix": "z-" },
                "title": { "column": "Titel" },
                "startsOn": { "column": "Beginn", "formats": ["yyyy-MM-ddTHH:mm:ssK"] },
                "endsOn": { "column": "Ende", "formats": ["yyyy-MM-ddTHH:mm:sszzz"] }
              },
              "milestones": [{ "key": "m", "title": "Fertig", "achieved": { "column": "Fertig", "formats": ["yyyy-MM-ddTHH:mm:ssK"] } }]
            }
            """
        );
        var csv = Write(
            $"{nr}.csv",
            $"Nr;Titel;Beginn;Ende;Fertig\n{nr};Brücke;2026-03-01T00:00:00+01:00;2026-07-01T00:00:00+02:00;2026-02-28T23:00:00Z\n"
        );

        var applied = await RunAsync(["import", csv, "--map", map, "--apply"], ("TZ", zone));

        Assert.That(applied.Code, Is.Zero, applied.Errors + applied.Output);
        var project = await Coordination.GetJsonAsync($"projects/z-{nr}");
        Assert.That(
            ((string?)project["startsOn"], (string?)project["endsOn"], (string?)project["milestones"]![0]!["achievedOn"]),
            Is.EqualTo(("2026-03-01", "2026-07-01", "2026-02-28"))
        );
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    private async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["Database__Engine"] = Engine.Name;
        start.Environment["ConnectionStrings__Portfolio"] = ConnectionString;
        start.Environment["Demo__Load"] = "false";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
