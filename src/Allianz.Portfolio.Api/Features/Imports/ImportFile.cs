using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Features.Imports;

/// <summary>What becomes, or would become, of a row.</summary>
public enum RowOutcome
{
    /// <summary>A new project.</summary>
    Created,

    /// <summary>Something new about a known project.</summary>
    Changed,

    /// <summary>The portfolio says the same already.</summary>
    Unchanged,

    /// <summary>The row cannot be taken.</summary>
    Refused,
}

/// <summary>What an import did, or would do.</summary>
public sealed record ImportReport
{
    /// <summary>Its key below <c>/imports</c>; absent when it wrote nothing.</summary>
    public string? Key { get; init; }

    /// <summary>Name of the file.</summary>
    public required string FileName { get; init; }

    /// <summary>Name of the mapping.</summary>
    public required string Mapping { get; init; }

    /// <summary>Encoding of the file, given or detected.</summary>
    public required FileEncoding Encoding { get; init; }

    /// <summary>Separator of the file, given or detected.</summary>
    public required Separator Separator { get; init; }

    /// <summary>It was written; otherwise this is what would be.</summary>
    public required bool Applied { get; init; }

    /// <summary>How many rows there are of each outcome.</summary>
    public required RowTotals Totals { get; init; }

    /// <summary>The revisions it made, or would make, in order.</summary>
    public required IReadOnlyList<ImportRevision> Revisions { get; init; }

    /// <summary>Rows in the order of the file: refused ones first of all when there are too many to show.</summary>
    public required IReadOnlyList<RowReport> Rows { get; init; }

    /// <summary>How many rows are counted in the totals, but not shown.</summary>
    public required int RowsNotShown { get; init; }
}

/// <summary>How many rows there are of each outcome.</summary>
/// <param name="Rows">All of them.</param>
/// <param name="Created">New projects.</param>
/// <param name="Changed">Something new about a known project.</param>
/// <param name="Unchanged">The portfolio says the same already.</param>
/// <param name="Refused">Cannot be taken.</param>
public sealed record RowTotals(int Rows, int Created, int Changed, int Unchanged, int Refused);

/// <summary>A revision that an import made.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">How it is dated.</param>
public sealed record ImportRevision(long Number, DateTimeOffset At);

/// <summary>What becomes of one row.</summary>
public sealed record RowReport
{
    /// <summary>Line of the file that the row begins in.</summary>
    public required int Line { get; init; }

    /// <summary>Key of the project, as far as the row names one.</summary>
    public string? Project { get; init; }

    /// <summary>The day that the row speaks of.</summary>
    public DateOnly? ReportingDate { get; init; }

    /// <summary>What becomes of it.</summary>
    public required RowOutcome Outcome { get; init; }

    /// <summary>What changes: fields of the project, and its parts as paths, e.g. <c>milestones/completion/forecastOn</c>.</summary>
    public IReadOnlyList<string>? Changes { get; init; }

    /// <summary>Why it is refused.</summary>
    public IReadOnlyList<Refusal>? Refusals { get; init; }
}

/// <summary>The parts of an import's body.</summary>
internal sealed record ImportForm
{
    /// <summary>The CSV file.</summary>
    public required IFormFile File { get; init; }

    /// <summary>Name of a mapping that comes with the program.</summary>
    public string? Mapping { get; init; }

    /// <summary>A mapping of one's own, as a JSON file.</summary>
    public IFormFile? Map { get; init; }

    /// <summary>Write it. Otherwise this is a dry run.</summary>
    public bool Apply { get; init; }

    /// <summary>Leave refused rows out. Otherwise one refused row keeps all from being written.</summary>
    public bool ValidOnly { get; init; }

    /// <summary>Why, for the ledger.</summary>
    public string? Reason { get; init; }
}

/// <summary>Bounds of imports: section <c>Imports</c>.</summary>
internal sealed record ImportOptions
{
    /// <summary>Largest upload. On the command line files may be of any size.</summary>
    public long MaxBytes { get; init; } = 48 * 1024 * 1024;

    /// <summary>Most rows that a report shows one by one.</summary>
    public int ShownRows { get; init; } = 5000;
}

internal static class ImportFile
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/imports",
                async (HttpContext http, IMediator mediator, IOptions<ImportOptions> options, CancellationToken ct) =>
                {
                    var form = await FormAsync(http.Request, options.Value, ct);
                    var report = await mediator.Send(
                        new Command(
                            http.Caller(),
                            form.File.OpenReadStream,
                            Path.GetFileName(form.File.FileName),
                            await MappingAsync(form, ct),
                            form.Apply,
                            form.ValidOnly,
                            form.Reason
                        ),
                        ct
                    );
                    http.Response.Headers.CacheControl = "no-store";
                    if (form.Apply && !report.Applied && report.Totals.Refused > 0)
                    {
                        throw Refused(report);
                    }
                    return report.Key is { } key
                        ? Results.Json(report, JsonRules.Output, statusCode: Located(http, key))
                        : Results.Json(report, JsonRules.Output);
                }
            )
            .WithSummary("Import a CSV file: a dry run, or with `apply` for good")
            .WithDescription(
                "200: what would be done, or that there was nothing to do. 201: done, with the key of the import. Applying the same file again "
                    + "changes nothing, so the request is safe to repeat."
            )
            .Accepts<ImportForm>("multipart/form-data")
            .Produces<ImportReport>()
            .Produces<ImportReport>(StatusCodes.Status201Created)
            .Problems(400, 401, 403, 413, 415, 422)
            .For(Policy.Coordination);

    /// <summary>The current state of a project and its parts, or the one at a revision.</summary>
    private static readonly Statement _project = new(from =>
        $"SELECT p.* FROM {from.Projects("p")} WHERE p.Id = (SELECT k.Id FROM Project k WHERE k.[Key] = @key)"
    );

    private static readonly Statement _milestones = new(from =>
        $"SELECT m.* FROM {from.Projects("p")} JOIN {from.Parts("Milestone", "m", of: "p")} WHERE p.Id = @project"
    );

    private static readonly Statement _participations = new(from =>
        $"SELECT t.* FROM {from.Projects("p")} JOIN {from.Parts("Participation", "t", of: "p")} WHERE p.Id = @project ORDER BY t.[Key]"
    );

    private static readonly Statement _status = new(from =>
        $"SELECT s.* FROM {from.Projects("p")} JOIN {from.Latest("StatusUpdate", "s", of: "p")} WHERE p.Id = @project"
    );

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO Import (Id, [Key], FileName, FileHash, Mapping, Actor, CreatedAt, Applied, Rows, Created, Changed, Unchanged, Refused, FirstRevision, LastRevision)
            VALUES (@id, @key, @fileName, @hash, @mapping, @actor, @at, 1, @rows, @created, @changed, @unchanged, @refused, @first, @last)
            """
    );

    private static readonly Statement _taken = new(_ => "SELECT i.Id FROM Import i WHERE i.[Key] = @key");

    /// <param name="Caller">Who.</param>
    /// <param name="Open">Opens the file from its beginning; called more than once.</param>
    /// <param name="FileName">Its name, for people.</param>
    /// <param name="Mapping">Says which column is what.</param>
    /// <param name="Apply">Write it; otherwise a dry run.</param>
    /// <param name="ValidOnly">Leave refused rows out; otherwise one refused row keeps all from being written.</param>
    /// <param name="Reason">Why, for the ledger.</param>
    public sealed record Command(
        Caller Caller,
        Func<Stream> Open,
        string FileName,
        ImportMapping Mapping,
        bool Apply,
        bool ValidOnly,
        string? Reason = null
    ) : ICommand<ImportReport>;

    public sealed class Handler(PortfolioLedger ledger, TimeProvider clock, IOptions<ImportOptions> options)
        : IRequestHandler<Command, ImportReport>
    {
        public async Task<ImportReport> Handle(Command request, CancellationToken cancellationToken)
        {
            var ct = cancellationToken;
            var (caller, open, fileName, mapping, apply, validOnly, reason) = request;
            var now = clock.GetUtcNow();
            var today = Berlin.DayOf(now);
            var file = await CsvFile.OpenAsync(open, mapping.File, ct);
            var counts = new Counts(options.Value.ShownRows);
            using var staged = Stage(file, new RowReader(mapping, file.Header, today), counts, ct);

            // A dry run is the same work without the last step, so it can promise nothing that applying would not keep.
            await using var first = await ledger.BeginAsync(caller, "importFile", ct, reason);
            var revision = first;
            var revisions = new List<ImportRevision>();
            var writing = new Writer(mapping, today);
            DateOnly? day = null;
            string? behind = null;
            foreach (var row in staged.InOrder())
            {
                ct.ThrowIfCancellationRequested();
                if (row.Day is { } next && next != day)
                {
                    day = next;
                    (revision, behind) = await BeginDayAsync(revision, next, writing, ct);
                }
                var plan = await writing.PlanAsync(revision, row, ct);
                if (plan.Refusal is null && behind is not null && plan.Changes.Count > 0)
                {
                    plan = plan with
                    {
                        Refusal = new Refusal(
                            mapping.ReportingDate!.Column,
                            $"{behind}, and history is only added behind the newest. The row differs from what the portfolio says of that day in: {string.Join(", ", plan.Changes)}."
                        ),
                    };
                }
                if (plan.Refusal is null && plan.Changes.Count > 0)
                {
                    await Writer.WriteAsync(revision, plan, ct);
                    if (revisions is not [.., var newest] || newest.Number != revision.Number)
                    {
                        revisions.Add(new ImportRevision(revision.Number, revision.At));
                    }
                }
                counts.Add(Report(row, plan));
            }

            string? key = null;
            var totals = counts.Totals;
            var applied = apply && (validOnly || totals.Refused == 0);
            if (applied && revisions.Count > 0)
            {
                key = await NoteAsync(revision, request, file, totals, revisions, now, ct);
                await revision.CommitAsync(ct);
            }
            return new ImportReport
            {
                Key = key,
                FileName = fileName,
                Mapping = mapping.Name,
                Encoding = file.EncodingOfFile,
                Separator = file.Separator,
                Applied = applied,
                Totals = totals,
                Revisions = revisions,
                Rows = counts.Shown(),
                RowsNotShown = counts.NotShown,
            };
        }

        // All that can be said without the portfolio is said before it is locked.
        private static StagedRows Stage(CsvFile file, RowReader reader, Counts counts, CancellationToken ct)
        {
            var staged = new StagedRows();
            try
            {
                foreach (var record in file.Records())
                {
                    ct.ThrowIfCancellationRequested();
                    var (row, key, day, refusals) = reader.Read(record);
                    if (row is not null && staged.Earlier(row.Key, row.Day, row.Line) is { } earlier)
                    {
                        refusals =
                        [
                            new Refusal(
                                null,
                                $"Line {earlier} is about the same project{(day is null ? "" : " on the same day")} already."
                            ),
                        ];
                        row = null;
                    }
                    if (row is not null)
                    {
                        staged.Add(row);
                        continue;
                    }
                    counts.Add(
                        new RowReport
                        {
                            Line = record.Line,
                            Project = key,
                            ReportingDate = day,
                            Outcome = RowOutcome.Refused,
                            Refusals = refusals,
                        }
                    );
                }
                return staged;
            }
            catch
            {
                staged.Dispose();
                throw;
            }
        }

        // A reporting date is the beginning of that day in Dortmund, or later on that day when something was changed on it already. Where the
        // portfolio has gone on since, rows are only compared with what it says of that day.
        private static async Task<(Revision Revision, string? Behind)> BeginDayAsync(
            Revision revision,
            DateOnly day,
            Writer writing,
            CancellationToken ct
        )
        {
            var last = await PortfolioLedger.LastChangeAsync(revision.Session, ct);
            // What this import has written for the day before is not sealed yet; days come in order.
            if (last is { } at && at > Berlin.EndOf(day))
            {
                writing.Look(await PortfolioLedger.RevisionAtAsync(revision.Session, Berlin.EndOf(day), ct), day);
                return (revision, $"The portfolio was changed on {Berlin.DayOf(at):yyyy-MM-dd}");
            }
            var start = Berlin.StartOf(day);
            writing.Look(null, day);
            return (await revision.NextAsync(last > start ? last.Value : start, ct), null);
        }

        private static RowReport Report(ImportRow row, Plan plan) =>
            new()
            {
                Line = row.Line,
                Project = row.Key,
                ReportingDate = row.Day,
                Outcome =
                    plan.Refusal is not null ? RowOutcome.Refused
                    : plan.Changes.Count == 0 ? RowOutcome.Unchanged
                    : plan.Before is null ? RowOutcome.Created
                    : RowOutcome.Changed,
                Changes = plan.Refusal is null && plan is { Before: not null, Changes.Count: > 0 } ? plan.Changes : null,
                Refusals = plan.Refusal is { } refusal ? [refusal] : null,
            };

        private static async Task<string> NoteAsync(
            Revision revision,
            Command request,
            CsvFile file,
            RowTotals totals,
            IReadOnlyList<ImportRevision> revisions,
            DateTimeOffset now,
            CancellationToken ct
        )
        {
            var id = Guid.CreateVersion7();
            var name = request.FileName.Length <= 260 ? request.FileName : request.FileName[..260];
            var wish = Keys.FromTitle(Path.GetFileNameWithoutExtension(name), "import");
            var key = wish;
            for (var n = 2; await revision.Session.FirstAsync<Guid?>(_taken, null, new { key }, ct) is not null; n++)
            {
                key = string.Create(CultureInfo.InvariantCulture, $"{wish[..Math.Min(wish.Length, 56)].TrimEnd('-')}-{n}");
            }
            await revision.Session.ExecuteAsync(
                _insert,
                new
                {
                    id,
                    key,
                    fileName = name,
                    hash = file.Hash,
                    mapping = request.Mapping.Name,
                    actor = request.Caller.Name,
                    at = now,
                    rows = totals.Rows,
                    created = totals.Created,
                    changed = totals.Changed,
                    unchanged = totals.Unchanged,
                    refused = totals.Refused,
                    first = revisions[0].Number,
                    last = revisions[^1].Number,
                },
                ct
            );
            revision.Note("import", id, key, null, Visibility.Board);
            return key;
        }
    }

    /// <summary>What a row would change.</summary>
    private sealed record Plan(ProjectRow? Before, ProjectRow After)
    {
        public Refusal? Refusal { get; init; }
        public List<string> Changes { get; } = [];

        /// <summary>After is absent where a part is deleted.</summary>
        public List<(MilestoneRow? Before, MilestoneRow After)> Milestones { get; } = [];
        public List<(ParticipationRow? Before, ParticipationRow? After)> Participations { get; } = [];
        public FieldOfActionRow? NewField { get; set; }
        public List<PartnerRow> NewPartners { get; } = [];
        public StatusUpdateRow? Superseded { get; set; }
        public StatusUpdateRow? Status { get; set; }
    }

    /// <summary>Compares rows with the portfolio, and writes what differs.</summary>
    private sealed class Writer(ImportMapping mapping, DateOnly today)
    {
        private readonly HashSet<string> _known = [];
        private View _view = View.All(today);
        private DateOnly _day = today;

        /// <summary>From now on rows of that day are compared with the state at a revision, or with the current one.</summary>
        public void Look(long? revision, DateOnly day)
        {
            _view = View.All(day) with { Revision = revision };
            _day = day;
        }

        public async Task<Plan> PlanAsync(Revision revision, ImportRow row, CancellationToken ct)
        {
            var session = revision.Session;
            var before = await session.FirstAsync<ProjectRow>(_project, _view, new { key = row.Key }, ct);
            var plan = new Plan(before, Project(before, row));
            if (before is null && _view.Revision is null && await revision.IsTakenAsync<ProjectRow>(row.Key, ct))
            {
                return Refuse(plan, mapping.Project.Key.Column, $"The project '{row.Key}' was deleted; its key is never given again.");
            }
            if (plan.After.StartsOn > plan.After.EndsOn)
            {
                return Refuse(plan, (mapping.Project.EndsOn ?? mapping.Project.StartsOn)?.Column, "The end lies before the beginning.");
            }
            plan.Changes.AddRange(before is null ? ["project"] : Kind.Of(typeof(ProjectRow)).Differences(before, plan.After));
            var parameters = new { project = plan.After.Id };
            var milestones =
                before is null || mapping.Milestones.Count == 0
                    ? []
                    : await session.QueryAsync<MilestoneRow>(_milestones, _view, parameters, ct);
            var participations =
                before is null || mapping.Partners.Count == 0
                    ? []
                    : await session.QueryAsync<ParticipationRow>(_participations, _view, parameters, ct);
            var status =
                before is null || row.ReportedOn is null ? null : await session.FirstAsync<StatusUpdateRow>(_status, _view, parameters, ct);
            return await FieldAsync(plan, row, revision, ct)
                ?? await PartnersAsync(plan, row, participations, revision, ct)
                ?? Milestones(plan, row, milestones)
                ?? Status(plan, row, status)
                ?? plan;
        }

        public static async Task WriteAsync(Revision revision, Plan plan, CancellationToken ct)
        {
            if (plan.NewField is { } field)
            {
                await revision.InsertAsync(field, null, ct);
            }
            foreach (var partner in plan.NewPartners)
            {
                await revision.InsertAsync(partner, null, ct);
            }
            var project = plan.Before is null
                ? await revision.InsertAsync(plan.After, null, ct)
                : await revision.UpdateAsync(plan.Before, plan.After, null, ct);
            foreach (var (before, after) in plan.Participations)
            {
                await (
                    before is null ? InsertAsync(revision, after!, project, ct)
                    : after is null ? revision.DeleteAsync(before, project, ct)
                    : revision.UpdateAsync(before, after, project, ct)
                );
            }
            foreach (var (before, after) in plan.Milestones)
            {
                await (before is null ? InsertAsync(revision, after, project, ct) : revision.UpdateAsync(before, after, project, ct));
            }
            if (plan.Superseded is { } superseded)
            {
                await revision.SupersedeAsync(superseded, ct);
            }
            if (plan.Status is { } status)
            {
                await InsertAsync(revision, status, project, ct);
            }
        }

        // The key of a part that was deleted stays taken.
        private static async Task InsertAsync<TRow>(Revision revision, TRow row, ProjectRow project, CancellationToken ct)
            where TRow : PartRow =>
            await revision.InsertAsync(row with { Key = await revision.FreeKeyAsync<TRow>(row.Key, ct, project.Id) }, project, ct);

        private ProjectRow Project(ProjectRow? before, ImportRow row)
        {
            var columns = mapping.Project;
            var after =
                before
                ?? new ProjectRow
                {
                    Key = row.Key,
                    Title = row.Title,
                    TitleSort = "",
                    Search = "",
                    Phase = columns.Phase?.Default ?? Phase.Idea,
                    Visibility = columns.Visibility,
                };
            after = after with
            {
                Title = row.Title,
                Problem = columns.Problem is null ? after.Problem : row.Problem,
                Goal = columns.Goal is null ? after.Goal : row.Goal,
                Solution = columns.Solution is null ? after.Solution : row.Solution,
                Phase = row.Phase ?? after.Phase,
                FieldOfAction =
                    columns.FieldOfAction is null ? after.FieldOfAction
                    : row.FieldOfAction is null ? null
                    : RowReader.KeyOf(row.FieldOfAction, columns.FieldOfAction.Prefix),
                StartsOn = columns.StartsOn is null ? after.StartsOn : row.StartsOn,
                EndsOn = columns.EndsOn is null ? after.EndsOn : row.EndsOn,
                BudgetCents = columns.Budget is null ? after.BudgetCents : row.BudgetCents,
                Tags = columns.Tags.Count == 0 ? after.Tags : Packed.Pack(row.Tags),
            };
            return before is not null && !Kind.Of(typeof(ProjectRow)).Differences(before, after).Any()
                ? before
                : ProjectFields.Findable(after);
        }

        private async Task<Plan?> FieldAsync(Plan plan, ImportRow row, Revision revision, CancellationToken ct)
        {
            if (mapping.Project.FieldOfAction is not { } source || row.FieldOfAction is not { } name)
            {
                return null;
            }
            var key = plan.After.FieldOfAction!;
            switch (await StateAsync<FieldOfActionRow>(key, revision, ct))
            {
                case false:
                    return Refuse(plan, source.Column, $"The field of action '{key}' was deleted; its key is never given again.");
                case null:
                    plan.NewField = new FieldOfActionRow
                    {
                        Key = key,
                        Name = name,
                        NameSort = SortText.Of(name, 200),
                        Taxonomy = source.Taxonomy,
                    };
                    break;
            }
            return null;
        }

        private async Task<Plan?> PartnersAsync(
            Plan plan,
            ImportRow row,
            IReadOnlyList<ParticipationRow> existing,
            Revision revision,
            CancellationToken ct
        )
        {
            var wanted = new List<(ParticipationRole Role, string Partner)>();
            for (var i = 0; i < mapping.Partners.Count; i++)
            {
                var source = mapping.Partners[i];
                foreach (var name in row.Partners[i])
                {
                    var key = RowReader.KeyOf(name, source.Prefix)!;
                    if (wanted.Contains((source.Role, key)))
                    {
                        continue;
                    }
                    wanted.Add((source.Role, key));
                    switch (await StateAsync<PartnerRow>(key, revision, ct))
                    {
                        case false:
                            return Refuse(plan, source.Column, $"The partner '{key}' was deleted; its key is never given again.");
                        case null when plan.NewPartners.All(p => p.Key != key):
                            plan.NewPartners.Add(
                                new PartnerRow
                                {
                                    Key = key,
                                    Name = name,
                                    NameSort = SortText.Of(name, 200),
                                    Kind = source.Kind,
                                }
                            );
                            break;
                    }
                }
            }
            bool Holds(ParticipationRow p) => (p.FromOn is null || p.FromOn <= _day) && (p.UntilOn is null || _day <= p.UntilOn);
            foreach (var (role, partner) in wanted)
            {
                var same = existing.Where(p => p.Role == role && p.Partner == partner).ToList();
                if (same.Any(Holds))
                {
                    continue;
                }
                // Who left and is named again has never been away, as far as anybody can tell from reporting dates.
                var ended = same.LastOrDefault(p => p.UntilOn < _day);
                var key = $"{Codes.Of(role)}-{partner}".ToLowerInvariant();
                plan.Participations.Add(
                    (
                        ended,
                        ended is not null
                            ? ended with
                            {
                                UntilOn = null,
                            }
                            : new ParticipationRow
                            {
                                Key = key.Length <= Keys.MaxLength ? key : key[..Keys.MaxLength].TrimEnd('-', '.', '_'),
                                ProjectId = plan.After.Id,
                                Partner = partner,
                                Role = role,
                                FromOn = plan.Before is null ? null : _day,
                            }
                    )
                );
                plan.Changes.Add($"participations/{ended?.Key ?? key}");
            }
            var roles = mapping.Partners.Select(p => p.Role).ToHashSet();
            foreach (var gone in existing.Where(p => roles.Contains(p.Role) && Holds(p) && !wanted.Contains((p.Role, p.Partner))))
            {
                plan.Participations.Add((gone, gone.FromOn >= _day ? null : gone with { UntilOn = _day.AddDays(-1) }));
                plan.Changes.Add($"participations/{gone.Key}");
            }
            return null;
        }

        private Plan? Milestones(Plan plan, ImportRow row, IReadOnlyList<MilestoneRow> existing)
        {
            for (var i = 0; i < mapping.Milestones.Count; i++)
            {
                var (columns, dates) = (mapping.Milestones[i], row.Milestones[i]);
                var before = existing.FirstOrDefault(m => m.Key == columns.Key);
                if (before is null && (dates.Baseline ?? dates.Approved ?? dates.Forecast ?? dates.Achieved) is null)
                {
                    continue;
                }
                var after =
                    before
                    ?? new MilestoneRow
                    {
                        Key = columns.Key,
                        ProjectId = plan.After.Id,
                        Title = columns.Title,
                    };
                if (after.BaselineOn is { } baseline && dates.Baseline is { } other && baseline != other)
                {
                    return Refuse(plan, columns.Baseline!.Column, $"The baseline was set to {baseline:yyyy-MM-dd} and stays.");
                }
                var approvedMoves = columns.Approved is not null && after.ApprovedOn is not null && after.ApprovedOn != dates.Approved;
                if (approvedMoves && (dates.Decision is null || dates.Decision == after.DecisionReference))
                {
                    return Refuse(
                        plan,
                        columns.Approved!.Column,
                        "The approved date moves only with the reference of the decision that moved it."
                    );
                }
                after = after with
                {
                    BaselineOn = after.BaselineOn ?? dates.Baseline ?? (columns.BaselineIsFirstForecast ? dates.Forecast : null),
                    ApprovedOn = columns.Approved is null ? after.ApprovedOn : dates.Approved,
                    DecisionReference = columns.DecisionReference is null ? after.DecisionReference : dates.Decision,
                    ForecastOn = columns.Forecast is null ? after.ForecastOn : dates.Forecast,
                    AchievedOn = columns.Achieved is null ? after.AchievedOn : dates.Achieved,
                };
                // The reason was one for the forecast before.
                after = after.ForecastOn == before?.ForecastOn ? after : after with { ForecastReason = null };
                var changes = before is null
                    ? [""]
                    : Kind.Of(typeof(MilestoneRow)).Differences(before, after).Select(f => "/" + f).ToList();
                if (changes.Count > 0)
                {
                    plan.Milestones.Add((before, after));
                    plan.Changes.AddRange(changes.Select(change => $"milestones/{columns.Key}{change}"));
                }
            }
            return null;
        }

        private Plan? Status(Plan plan, ImportRow row, StatusUpdateRow? latest)
        {
            if (row.ReportedOn is not { } day)
            {
                return null;
            }
            var moves = plan
                .Milestones.Where(m => m.After.ForecastOn is not null && m.After.ForecastOn != m.Before?.ForecastOn)
                .Select(m => new ForecastState(m.After.Key, m.Before?.ForecastOn, m.After.ForecastOn!.Value, null))
                .ToList();
            var sameDay = latest is not null && latest.ReportedOn == day ? latest : null;
            var spent = mapping.Status?.Spent is null ? sameDay?.SpentCents : row.SpentCents;
            var done = mapping.Status?.Done is null ? sameDay?.Done : row.Done;
            if (sameDay is not null && moves.Count == 0 && sameDay.SpentCents == spent && sameDay.Done == done)
            {
                return null;
            }
            if (latest is not null && latest.ReportedOn > day)
            {
                return Refuse(
                    plan,
                    (mapping.ReportingDate ?? mapping.Status?.ReportedOn)?.Column,
                    $"The project was reported on later already, on {latest.ReportedOn:yyyy-MM-dd}."
                );
            }
            // The file says something else of the same day than it did before: that is a correction, with all that was said.
            var kept = Packed.Unpack<ForecastState>(sameDay?.Forecasts);
            plan.Superseded = latest;
            plan.Status = (
                sameDay
                ?? new StatusUpdateRow
                {
                    Key = "",
                    ProjectId = plan.After.Id,
                    ReportedOn = day,
                }
            ) with
            {
                Id = Guid.CreateVersion7(),
                Key = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                SpentCents = spent,
                Done = done,
                Forecasts = Packed.Pack<ForecastState>([
                    .. kept.Where(k => moves.All(m => m.Milestone != k.Milestone)),
                    .. moves.Select(m => m with { Before = kept.FirstOrDefault(k => k.Milestone == m.Milestone)?.Before ?? m.Before }),
                ]),
                Corrects = sameDay?.Key,
            };
            plan.Changes.Add($"statusUpdates/{plan.Status.Key}");
            return null;
        }

        // True: it is there. False: it was deleted. Null: it never was. Asked once for each.
        private async Task<bool?> StateAsync<TRow>(string key, Revision revision, CancellationToken ct)
            where TRow : VersionRow
        {
            var name = $"{typeof(TRow).Name} {key}";
            if (_view.Revision is not null || _known.Contains(name))
            {
                return true;
            }
            if (await revision.FindAsync<TRow>(key, ct) is not null)
            {
                return _known.Add(name);
            }
            return await revision.IsTakenAsync<TRow>(key, ct) ? false : null;
        }

        private static Plan Refuse(Plan plan, string? column, string reason) => plan with { Refusal = new Refusal(column, reason) };
    }

    /// <summary>Counts all rows and remembers some.</summary>
    private sealed class Counts(int most)
    {
        private readonly int[] _totals = new int[Enum.GetValues<RowOutcome>().Length];
        private readonly List<RowReport> _rows = [];

        public int NotShown { get; private set; }

        public RowTotals Totals => new(_totals.Sum(), _totals[0], _totals[1], _totals[2], _totals[3]);

        public void Add(RowReport row)
        {
            _totals[(int)row.Outcome]++;
            if (_rows.Count < most)
            {
                _rows.Add(row);
                return;
            }
            NotShown++;
            // What is refused somebody must look at; what is fine may be left out.
            if (row.Outcome == RowOutcome.Refused && _rows.FindLastIndex(r => r.Outcome != RowOutcome.Refused) is >= 0 and var fine)
            {
                _rows[fine] = row;
            }
        }

        public IReadOnlyList<RowReport> Shown() => [.. _rows.OrderBy(r => r.Line)];
    }

    private static int Located(HttpContext http, string key)
    {
        http.Response.Headers.Location = $"{http.Request.PathBase}{http.Request.Path}/{key}";
        return StatusCodes.Status201Created;
    }

    private static Problem Refused(ImportReport report) =>
        Problem.Invalid([
            .. report
                .Rows.Where(r => r.Refusals is not null)
                .SelectMany(r => r.Refusals!.Select(refusal => (r.Line, refusal)))
                .Take(100)
                .Select(r => new FieldError(
                    $"/file/{r.Line}{(r.refusal.Column is null ? "" : "/" + r.refusal.Column.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal))}",
                    r.refusal.Reason
                )),
        ]);

    private static async Task<ImportForm> FormAsync(HttpRequest request, ImportOptions options, CancellationToken ct)
    {
        if (!request.HasFormContentType || !request.ContentType!.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw Problem.UnsupportedMediaType("Send multipart/form-data.");
        }
        if (request.Query.Count > 0)
        {
            throw Problem.Query(request.Query.First().Key, "No query parameter is taken here; 'apply' and the like are parts of the form.");
        }
        var tooLarge = Problem.TooLarge($"An import has at most {options.MaxBytes} bytes. The command line takes larger files.");
        if (request.ContentLength > options.MaxBytes)
        {
            throw tooLarge;
        }
        IFormCollection form;
        try
        {
            // Larger parts go to a temporary file while they come in.
            form = await request.ReadFormAsync(
                new FormOptions { MultipartBodyLengthLimit = options.MaxBytes, ValueLengthLimit = 4096 },
                ct
            );
        }
        catch (InvalidDataException e)
        {
            throw e.Message.Contains("length limit", StringComparison.Ordinal) ? tooLarge : Problem.Malformed(e.Message);
        }
        foreach (
            var name in form.Keys.Concat(form.Files.Select(f => f.Name)).Except(["file", "mapping", "map", "apply", "validOnly", "reason"])
        )
        {
            throw Problem.Malformed($"There is no part '{name}' here.", "/" + name);
        }
        bool Flag(string name) =>
            form[name].ToString() switch
            {
                "" or "false" => false,
                "true" => true,
                _ => throw Problem.Invalid("/" + name, $"'{name}' is true or false."),
            };
        return new ImportForm
        {
            File = form.Files.GetFile("file") ?? throw Problem.Invalid("/file", "The part 'file' with the CSV file is missing."),
            Mapping = form["mapping"].ToString() is { Length: > 0 } mapping ? mapping : null,
            Map = form.Files.GetFile("map"),
            Apply = Flag("apply"),
            ValidOnly = Flag("validOnly"),
            Reason = form["reason"].ToString() is { Length: > 0 } reason
                ? reason.Length <= 500
                    ? reason
                    : throw Problem.Invalid("/reason", "At most 500 characters.")
                : null,
        };
    }

    private static async Task<ImportMapping> MappingAsync(ImportForm form, CancellationToken ct)
    {
        if (form.Mapping is null == form.Map is null)
        {
            throw Problem.Invalid("/mapping", "Give 'mapping', the name of a built-in one, or 'map', a JSON file.");
        }
        if (form.Mapping is { } name)
        {
            return ImportMapping.Named(name)
                ?? throw Problem.Invalid(
                    "/mapping",
                    $"There is no mapping '{name}'; there are {string.Join(", ", ImportMapping.BuiltIn)}."
                );
        }
        if (form.Map!.Length > Body.Limit)
        {
            throw Problem.TooLarge($"A mapping has at most {Body.Limit} bytes.");
        }
        await using var stream = form.Map.OpenReadStream();
        var json = new byte[form.Map.Length];
        await stream.ReadExactlyAsync(json, ct);
        return ImportMapping.Read(json);
    }
}
