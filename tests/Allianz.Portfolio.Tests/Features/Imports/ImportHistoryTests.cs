using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using static Allianz.Portfolio.Tests.Features.Imports.Importing;

namespace Allianz.Portfolio.Tests.Features.Imports;

/// <summary>A generated file with reporting dates, and figures computed from it without any of the program's code.</summary>
[EngineFixtures]
public class ImportHistoryTests(Engine engine) : PortfolioFixture(engine)
{
    private static readonly string[] _dates = ["2024-01-15", "2024-07-01", "2025-01-10", "2025-07-01"];
    private static readonly List<Row> _rows = Generate();

    private JsonObject _report = null!;

    protected override async Task PrepareAsync()
    {
        using var response = await Coordination.ImportAsync(Csv(_rows), History, "apply");
        _report = await response.JsonAsync(HttpStatusCode.Created);
    }

    [Test]
    public void Each_reporting_date_is_one_revision_dated_so()
    {
        var projects = _rows.Select(r => r.Nr).Distinct().Count();
        Assert.That(_report.Counts(), Is.EqualTo(new[] { projects, _rows.Count - projects, 0, 0 }));
        Assert.That(
            _report["revisions"]!.AsArray().Select(r => (DateTimeOffset)r!["at"]!),
            Is.EqualTo(
                new[]
                {
                    // The first instant of the day in Dortmund.
                    new DateTimeOffset(2024, 1, 14, 23, 0, 0, TimeSpan.Zero),
                    new DateTimeOffset(2024, 6, 30, 22, 0, 0, TimeSpan.Zero),
                    new DateTimeOffset(2025, 1, 9, 23, 0, 0, TimeSpan.Zero),
                    new DateTimeOffset(2025, 6, 30, 22, 0, 0, TimeSpan.Zero),
                }
            )
        );
    }

    [TestCase("2024-01-14", null)]
    [TestCase("2024-01-15", "2024-01-15")]
    [TestCase("2024-06-30", "2024-01-15")]
    [TestCase("2024-07-01", "2024-07-01")]
    [TestCase("2025-03-03", "2025-01-10")]
    [TestCase("2026-06-15", "2025-07-01")]
    public async Task Looking_back_at_a_day_shows_what_the_file_said_last(string day, string? date)
    {
        var expected = StateAt(date);

        var projects = await Anonymous.AllAsync($"projects?asOf={day}&limit=7");

        Assert.That(projects.Select(p => (string)p["key"]!), Is.EquivalentTo(expected.Keys.Select(nr => $"v-{nr}")));
        foreach (var (nr, row) in expected)
        {
            var project = await Anonymous.GetJsonAsync($"projects/v-{nr}?asOf={day}");
            var milestone = project["milestones"]!.AsArray().SingleOrDefault();
            var read = (
                (decimal?)project["budget"],
                (string?)project["phase"],
                (string?)milestone?["forecastOn"],
                (string?)milestone?["baselineOn"],
                (decimal?)project["otherReports"]![0]!["spent"],
                (string?)project["otherReports"]![0]!["reportedOn"]
            );
            var said = (row.Budget, row.Phase, row.Forecast, FirstForecast(nr, date!), row.Spent, row.Date);
            Assert.That(read, Is.EqualTo(said), $"v-{nr} as of {day}");
            Assert.That(project["otherReports"]![0]!["lights"]!.AsObject(), Is.Empty, "no light is invented");
        }
    }

    [TestCase("2024-02-01", "2025-02-01")]
    [TestCase("2024-07-01", "2025-07-01")]
    [TestCase("2024-01-01", "2026-01-01")]
    public async Task The_difference_between_two_days_is_the_difference_of_what_the_file_said(string from, string to)
    {
        var (before, after) = (
            StateAt(_dates.LastOrDefault(d => string.CompareOrdinal(d, from) <= 0)),
            StateAt(_dates.Last(d => string.CompareOrdinal(d, to) <= 0))
        );

        var difference = await Anonymous.GetJsonAsync($"diff?from={from}&to={to}");

        Assert.That(
            difference["added"]!.AsArray().Select(p => (string?)p!["key"]),
            Is.EquivalentTo(after.Keys.Except(before.Keys).Select(nr => $"v-{nr}"))
        );
        var changed = difference["changed"]!.AsArray().ToDictionary(p => (string)p!["project"]!["key"]!, p => p!);
        foreach (var (nr, old) in before)
        {
            var now = after[nr];
            changed.TryGetValue($"v-{nr}", out var read);
            Assert.That(read is null, Is.EqualTo(now == old), $"v-{nr} changed when the file says so");
            var budget = read?["fields"]!.AsArray().SingleOrDefault(f => (string?)f!["field"] == "budget");
            Assert.That(
                (Amount(budget?["before"]), Amount(budget?["after"])),
                Is.EqualTo(now.Budget == old.Budget ? ((decimal?)null, (decimal?)null) : (old.Budget, now.Budget)),
                $"budget of v-{nr}"
            );
            Assert.That((decimal?)read?["budgetChange"] ?? 0, Is.EqualTo(now.Budget - old.Budget ?? 0), $"change of v-{nr}'s budget");
            var milestone = read?["milestones"]!.AsArray().SingleOrDefault();
            if (now.Forecast == old.Forecast)
            {
                Assert.That(milestone, Is.Null, $"the forecast of v-{nr} stays");
            }
            else
            {
                Assert.That(
                    ((string?)milestone!["before"]?["forecastOn"], (string?)milestone["after"]!["forecastOn"]),
                    Is.EqualTo((old.Forecast, now.Forecast)),
                    $"forecast of v-{nr}"
                );
            }
        }
    }

    [Test]
    public async Task The_milestone_trend_shows_every_move()
    {
        var moved = 0;
        foreach (var rows in _rows.GroupBy(r => r.Nr))
        {
            var expected = new List<(string, string)>();
            string? last = null;
            foreach (var row in rows.OrderBy(r => r.Date))
            {
                if (row.Forecast is not null && row.Forecast != last)
                {
                    expected.Add((row.Date, row.Forecast));
                }
                last = row.Forecast;
            }

            var trend = (await Anonymous.GetJsonAsync($"projects/v-{rows.Key}/milestone-trend")).Data().SingleOrDefault();

            Assert.That(
                trend?["points"]!.AsArray().Select(p => ((string)p!["reportedOn"]!, (string)p["forecastOn"]!)) ?? [],
                Is.EqualTo(expected),
                $"v-{rows.Key}"
            );
            moved += expected.Count > 1 ? 1 : 0;
        }
        Assert.That(moved, Is.GreaterThan(5), "the generated file has slips to show");
    }

    [Test]
    public async Task The_same_rows_in_any_order_change_nothing()
    {
        var before = await Coordination.NewestRevisionAsync();

        using var same = await Coordination.ImportAsync(Csv(_rows), History, "apply");
        using var turned = await Coordination.ImportAsync(Csv(Enumerable.Reverse(_rows)), History, "apply");

        foreach (var response in new[] { same, turned })
        {
            var report = await response.JsonAsync(HttpStatusCode.OK);
            Assert.That(report.Counts(), Is.EqualTo(new[] { 0, 0, _rows.Count, 0 }));
        }
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task What_contradicts_the_past_is_refused_and_nothing_is_written()
    {
        var before = await Coordination.NewestRevisionAsync();
        var old = _rows.First(r => r.Date == _dates[1] && r.Budget is not null);
        var csv = Csv([old with { Budget = old.Budget + 1 }, old with { Nr = 999, Date = "2026-01-01" }]);

        using var response = await Coordination.ImportAsync(csv, History, "apply");

        var problem = await response.ProblemAsync(422, "invalid");
        Assert.That((string?)problem["errors"]![0]!["pointer"], Is.EqualTo("/file/2/Stichtag"));
        Assert.That((string?)problem["errors"]![0]!["message"], Does.Contain("2025-07-01").And.Contain("budget"));
        Assert.That(await Coordination.NewestRevisionAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task The_same_project_twice_on_one_day_and_days_to_come_are_refused()
    {
        var row = _rows[0];
        var csv = Csv([row, row with { Budget = 1 }, row with { Date = "2026-06-16" }]);

        using var response = await Coordination.ImportAsync(csv, History);

        var report = await response.JsonAsync(HttpStatusCode.OK);
        Assert.That(report.Counts(), Is.EqualTo(new[] { 0, 0, 1, 2 }));
        Assert.That(
            (string?)report.Line(3)["refusals"]![0]!["reason"],
            Is.EqualTo("Line 2 is about the same project on the same day already.")
        );
        Assert.That((string?)report.Line(4)["refusals"]![0]!["reason"], Is.EqualTo("The reporting date must not be in the future."));
    }

    [Test]
    public async Task The_ledger_is_whole_after_an_import()
    {
        await using var scope = Host.Services.CreateAsyncScope();

        var verified = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());

        Assert.That(verified.Whole, Is.True, string.Join('\n', verified.Lines));
    }

    // The rest of the class is the straightforward computation that the program's answers are compared with.

    private sealed record Row(
        string Date,
        int Nr,
        string Title,
        string Phase,
        decimal? Budget,
        string Office,
        string? Forecast,
        decimal? Spent
    );

    private static List<Row> Generate()
    {
        var random = new Random(20240115);
        var rows = new List<Row>();
        for (var d = 0; d < _dates.Length; d++)
        {
            // Some begin later, and some are not mentioned every time.
            foreach (var nr in Enumerable.Range(1, 12 + d * 4).Where(nr => nr > 12 + (d - 1) * 4 || random.Next(6) > 0))
            {
                rows.Add(
                    new Row(
                        _dates[d],
                        nr,
                        $"Projekt {nr}",
                        random.Next(3) == 0 ? "implementing" : "preparing",
                        random.Next(8) == 0 ? null : random.Next(1, 5_000_000) / 100m,
                        random.Next(2) == 0 ? "Tiefbauamt" : "Stadtplanung",
                        random.Next(8) == 0 ? null : new DateOnly(2026, 1, 1).AddDays(random.Next(900)).ToString("yyyy-MM-dd"),
                        random.Next(2) == 0 ? null : random.Next(1, 100_000)
                    )
                );
            }
        }
        return [.. rows.OrderBy(_ => random.Next())];
    }

    private static string Csv(IEnumerable<Row> rows)
    {
        var csv = new StringBuilder(HistoryHeader);
        foreach (var r in rows)
        {
            var phase = r.Phase == "implementing" ? "Bau" : "Planung";
            csv.Append(CultureInfo.InvariantCulture, $"{r.Date},{r.Nr},{r.Title},{phase},{r.Budget},{r.Office},{r.Forecast},{r.Spent}\n");
        }
        return csv.ToString();
    }

    private static decimal? Amount(JsonNode? text) => text is null ? null : decimal.Parse((string)text!, CultureInfo.InvariantCulture);

    /// <summary>The newest row of each project up to a date.</summary>
    private static Dictionary<int, Row> StateAt(string? date) =>
        _rows
            .Where(r => date is not null && string.CompareOrdinal(r.Date, date) <= 0)
            .GroupBy(r => r.Nr)
            .ToDictionary(g => g.Key, g => g.MaxBy(r => r.Date)!);

    private static string? FirstForecast(int nr, string date) =>
        _rows.Where(r => r.Nr == nr && r.Forecast is not null && string.CompareOrdinal(r.Date, date) <= 0).MinBy(r => r.Date)?.Forecast;
}
