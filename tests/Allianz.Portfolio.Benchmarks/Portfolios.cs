using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>Makes portfolios of a size in a file, through the ledger.</summary>
internal static class Portfolios
{
    private static readonly DateTimeOffset _start = new(2020, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static PortfolioDatabase Database(string file) =>
        new(
            Options.Create(new DatabaseOptions()),
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Portfolio"] = $"Data Source={file}" })
                .Build(),
            new HostingEnvironment { ContentRootPath = Path.GetTempPath() },
            NullLogger<PortfolioDatabase>.Instance
        );

    /// <param name="file">Database to make.</param>
    /// <param name="projects">How many.</param>
    /// <param name="milestones">Per project.</param>
    /// <param name="versions">Of every project.</param>
    public static async Task MakeAsync(string file, int projects, int milestones, int versions = 1)
    {
        await Database(file).MigrateAsync(CancellationToken.None);
        await FillAsync(file, projects, milestones, versions);
    }

    /// <summary>The same in a database that another build has made: its kinds must have the columns of ours.</summary>
    /// <param name="file">The database.</param>
    /// <param name="projects">How many.</param>
    /// <param name="milestones">Per project.</param>
    /// <param name="versions">Of every project.</param>
    /// <param name="cycles">Whether there are reporting cycles, for the newest of which nobody has reported.</param>
    public static async Task FillAsync(string file, int projects, int milestones, int versions = 1, bool cycles = false)
    {
        var database = Database(file);
        var ledger = new PortfolioLedger(database, TimeProvider.System);
        var caller = Caller.Program("bench") with { At = _start };
        var rows = new List<Project>();
        await using (var revision = await ledger.BeginAsync(caller, "partners", CancellationToken.None))
        {
            for (var i = 0; i < 20; i++)
            {
                var name = $"Partner Nummer {i}";
                await revision.InsertAsync(
                    new Partner
                    {
                        Key = $"partner-{i}",
                        Name = name,
                        NameSort = SortText.Of(name),
                        Kind = PartnerKind.Company,
                    },
                    null,
                    CancellationToken.None
                );
            }
            for (var year = 2020; cycles && year <= DateTimeOffset.UtcNow.Year; year++)
            {
                await revision.InsertAsync(
                    new ReportingCycleRow
                    {
                        Key = $"cycle-{year}",
                        Name = $"Runde {year}",
                        OpensOn = new(year, 1, 1),
                        DueOn = new(year, 1, 20),
                        ClosesOn = new(year, 12, 31),
                    },
                    null,
                    CancellationToken.None
                );
            }
            await revision.CommitAsync(CancellationToken.None);
        }
        await using (var revision = await ledger.BeginAsync(caller, "projects", CancellationToken.None))
        {
            for (var i = 0; i < projects; i++)
            {
                rows.Add(await ProjectAsync(revision, i, milestones));
            }
            await revision.CommitAsync(CancellationToken.None);
        }
        for (var version = 2; version <= versions; version++)
        {
            await using var revision = await ledger.BeginAsync(
                caller with
                {
                    At = _start.AddDays(version),
                },
                "change",
                CancellationToken.None
            );
            for (var i = 0; i < rows.Count; i++)
            {
                rows[i] = await revision.UpdateAsync(rows[i], rows[i] with { BudgetCents = version * 100 }, null, CancellationToken.None);
            }
            await revision.CommitAsync(CancellationToken.None);
        }
        SqliteConnection.ClearAllPools();
    }

    private static async Task<Project> ProjectAsync(Revision revision, int i, int milestones)
    {
        var ct = CancellationToken.None;
        var title = string.Create(CultureInfo.InvariantCulture, $"Projekt {i * 7919 % 100003:000000} für die digitale Stadt");
        var project = await revision.InsertAsync(
            new Project
            {
                Key = $"p{i}",
                Title = title,
                TitleSort = SortText.Of(title),
                Search = SortText.Of(title),
                Goal = "Ein Ziel, das in einem Satz gesagt ist und für die Messung lang genug.",
                Phase = (Phase)(i % 4),
                StartsOn = new DateOnly(2020, 1, 1).AddDays(i % 365),
                EndsOn = new DateOnly(2029, 1, 1).AddDays(i % 365),
                BudgetCents = i * 1000L,
                Visibility = Visibility.Public,
            },
            null,
            ct
        );
        await revision.InsertAsync(
            new Participation
            {
                ProjectId = project.Id,
                Key = "lead",
                Partner = new($"partner-{i % 20}", ""),
                Role = ParticipationRole.Lead,
            },
            project,
            ct
        );
        for (var m = 0; m < milestones; m++)
        {
            await revision.InsertAsync(
                new Milestone
                {
                    ProjectId = project.Id,
                    Key = $"m{m}",
                    Title = $"Meilenstein {m}",
                    BaselineOn = new DateOnly(2028, 1, 1).AddDays(m * 30),
                    ForecastOn = new DateOnly(2028, 1, 1).AddDays(m * 30),
                },
                project,
                ct
            );
        }
        await revision.InsertAsync(
            new StatusUpdateRow
            {
                ProjectId = project.Id,
                Key = "s1",
                Partner = $"partner-{i % 20}",
                ReportedOn = new DateOnly(2020, 1, 1),
                RagSchedule = (Rag)(i % 3),
                Rag = (Rag)(i % 3),
                Reason = i % 3 == 0 ? null : "Lieferung verspätet",
                Progress = i % 100,
                Done = "Vieles getan",
            },
            project,
            ct
        );
        return project;
    }
}
