using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Features.Imports;

/// <summary>A project and the parts of it that an import looks at.</summary>
internal sealed record State(
    ProjectRow? Project,
    IReadOnlyList<MilestoneRow> Milestones,
    IReadOnlyList<ParticipationRow> Participations,
    StatusUpdateRow? Status
)
{
    public static readonly State None = new(null, [], [], null);
}

/// <summary>What a row would change.</summary>
internal sealed record RowPlan(State State, ProjectRow After)
{
    public ProjectRow? Before => State.Project;

    public Refusal? Refusal { get; init; }
    public List<string> Changes { get; } = [];

    /// <summary>Its second is absent where a part is deleted.</summary>
    public List<(MilestoneRow? Before, MilestoneRow After)> Milestones { get; } = [];
    public List<(ParticipationRow? Before, ParticipationRow? After)> Participations { get; } = [];
    public FieldOfActionRow? NewField { get; init; }
    public List<PartnerRow> NewPartners { get; } = [];

    /// <summary>New names that are like one that is there.</summary>
    public List<SimilarName> Similar { get; } = [];
    public StatusUpdateRow? Superseded { get; set; }
    public StatusUpdateRow? Status { get; set; }
}

/// <summary>Compares rows with the portfolio, and writes what differs.</summary>
/// <param name="mapping">What the columns mean.</param>
/// <param name="pen">Writes, or only says what would be written.</param>
/// <param name="replace">Title and lead of projects that no import of the mapping made may be changed, too.</param>
/// <param name="today">The day in Dortmund.</param>
internal sealed class RowWriter(ImportMapping mapping, ImportPen pen, bool replace, DateOnly today)
{
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

    // A list speaks for no partner; what partners reported is not touched.
    private static readonly Statement _status = new(from =>
        $"SELECT s.* FROM {from.Projects("p")} JOIN {from.Open("StatusUpdate", "s", of: "p")} WHERE p.Id = @project AND s.Partner IS NULL"
    );

    private static readonly Statement _imports = new(_ =>
        "SELECT i.FirstRevision AS First, i.LastRevision AS Last FROM Import i WHERE i.Mapping = @mapping"
    );

    // Projects come back date after date; nobody else writes meanwhile. Bounded, and simply begun anew when full.
    private const int MostStates = 10_000;

    private readonly Dictionary<string, State> _states = [];
    private readonly HashSet<string> _written = [];
    private readonly List<SimilarName> _similar = [];
    private KnownNames _partners = null!;
    private KnownNames _fields = null!;
    private IReadOnlyList<Span> _earlier = [];
    private View _view = View.All(today);
    private DateOnly _day = today;

    /// <summary>New names that are like one that is there.</summary>
    public IReadOnlyList<SimilarName> Similar => _similar;

    /// <summary>Reads what all rows need. The pen must have been taken up, so that nobody writes between this and the rows.</summary>
    public async Task PrepareAsync(CancellationToken ct)
    {
        _partners = await KnownNames.ReadAsync(pen.Session, Versions.NamesOfPartners, _day, ct);
        _fields = await KnownNames.ReadAsync(pen.Session, Versions.NamesOfFields, _day, ct);
        _earlier = await pen.Session.QueryAsync<Span>(_imports, null, new { mapping = mapping.Name }, ct);
    }

    /// <summary>From now on rows of that day are compared with the state at a revision, or with the current one.</summary>
    public void Look(long? revision, DateOnly day)
    {
        _view = View.All(day) with { Revision = revision };
        _day = day;
    }

    public async Task<RowPlan> PlanAsync(ImportRow row, CancellationToken ct)
    {
        var (key, state) = await ProjectAsync(row, ct);
        var before = state.Project;
        var (field, newField, refusal) = await FieldAsync(row, ct);
        var plan = new RowPlan(state, Project(before, row, key, field)) { NewField = newField };
        if (refusal is not null)
        {
            return Refuse(plan, mapping.Project.FieldOfAction!.Column, refusal);
        }
        if (newField is not null)
        {
            Alike(plan, row, _fields, "fieldOfAction", newField.Name, []);
        }
        if (before is null && _view.Revision is null && await IsTakenAsync<ProjectRow>(key, null, ct))
        {
            return Refuse(plan, KeyColumn, $"The project '{key}' was deleted; its key is never given again.");
        }
        if (plan.After.StartsOn > plan.After.EndsOn)
        {
            return Refuse(plan, (mapping.Project.EndsOn ?? mapping.Project.StartsOn)?.Column, "The end lies before the beginning.");
        }
        plan.Changes.AddRange(before is null ? ["project"] : Kind.Of(typeof(ProjectRow)).Differences(before, plan.After));
        return await PartnersAsync(plan, row, state.Participations, ct)
            ?? await ReplacedAsync(plan, ct)
            ?? Milestones(plan, row, state.Milestones)
            ?? Status(plan, row, state.Status)
            ?? plan;
    }

    public async Task WriteAsync(RowPlan plan, CancellationToken ct)
    {
        if (plan.NewField is { } field)
        {
            await pen.InsertAsync(field, null, ct);
            Written(field, null);
            _fields.Add(field.Name, field.Key);
        }
        foreach (var partner in plan.NewPartners)
        {
            await pen.InsertAsync(partner, null, ct);
            Written(partner, null);
            _partners.Add(partner.Name, partner.Key);
        }
        _similar.AddRange(plan.Similar);
        var project = plan.Before is null
            ? await pen.InsertAsync(plan.After, null, ct)
            : await pen.UpdateAsync(plan.Before, plan.After, null, ct);
        if (plan.Before is null)
        {
            Written(project, null);
        }
        // The key of a part that was deleted stays taken, and two wishes may be the same.
        async Task<TRow> InsertAsync<TRow>(TRow row)
            where TRow : PartRow
        {
            var written = await pen.InsertAsync(
                row with
                {
                    Key = await FreeKeyAsync<TRow>(row.Key, project, plan.Before is null, ct),
                },
                project,
                ct
            );
            if (plan.Before is null || !pen.ReadsBack)
            {
                Written(written, project.Id);
            }
            return written;
        }
        var participations = plan.State.Participations.ToList();
        foreach (var (before, after) in plan.Participations)
        {
            participations.RemoveAll(p => p.Id == before?.Id);
            if (after is null)
            {
                await pen.DeleteAsync(before!, project, ct);
                continue;
            }
            participations.Add(before is null ? await InsertAsync(after) : await pen.UpdateAsync(before, after, project, ct));
        }
        var milestones = plan.State.Milestones.ToList();
        foreach (var (before, after) in plan.Milestones)
        {
            milestones.RemoveAll(m => m.Id == before?.Id);
            milestones.Add(before is null ? await InsertAsync(after) : await pen.UpdateAsync(before, after, project, ct));
        }
        if (plan.Superseded is { } superseded)
        {
            await pen.SupersedeAsync(superseded, ct);
        }
        var status = plan.Status is null ? plan.State.Status : await InsertAsync(plan.Status);
        Remember(new State(project, milestones, participations, status));
    }

    private string? KeyColumn => mapping.Project.Key.Headings.FirstOrDefault();

    // Which project a row is about: the one of its key, unless that key is not of its name only; then the titles that the project has or had
    // decide.
    private async Task<(string Key, State State)> ProjectAsync(ImportRow row, CancellationToken ct)
    {
        var (key, certain, whole, distinct) = row.Identity;
        var state = await StateAsync(key, ct);
        if (certain)
        {
            return (key, state);
        }
        if (await StateAsync(distinct, ct) is { Project: not null } other)
        {
            return (distinct, other);
        }
        if (
            _states.TryGetValue(key, out var known) && IsSame(known.Project!.Title, row.Title)
            || (await pen.Session.QueryAsync<string>(Versions.Titles, null, new { key }, ct)).Any(title => IsSame(title, row.Title))
        )
        {
            return (key, state);
        }
        return whole && state.Project is null && !await IsTakenAsync<ProjectRow>(key, null, ct)
            ? (key, State.None)
            : (distinct, State.None);
    }

    private static bool IsSame(string a, string b) => PlainText.Same(a) == PlainText.Same(b);

    // What others made and care for is not renamed or given to another lead by a list that happens to have the same key.
    private async Task<RowPlan?> ReplacedAsync(RowPlan plan, CancellationToken ct)
    {
        if (replace || plan.Before is not { } before)
        {
            return null;
        }
        var title = before.Title != plan.After.Title;
        var lead = plan.Participations.Any(p => (p.Before ?? p.After)!.Role == ParticipationRole.Lead);
        if (!title && !lead || !mapping.Project.Key.Line && await IsOursAsync(before, ct))
        {
            return null;
        }
        var column = title ? mapping.Project.Title.Column : mapping.Partners.First(p => p.Role == ParticipationRole.Lead).Column;
        var what = title ? $"title ('{before.Title}')" : "lead";
        return Refuse(
            plan,
            column,
            mapping.Project.Key.Line
                ? $"The project '{before.Key}' is known by its line only and has another {what}; were lines moved? `--replace` (`replace=true`) changes it."
                : $"The project '{before.Key}' was not made by this mapping and has another {what}; `--replace` (`replace=true`) changes it."
        );
    }

    private async Task<bool> IsOursAsync(ProjectRow project, CancellationToken ct)
    {
        if (IsWritten<ProjectRow>(project.Key, null))
        {
            return true;
        }
        var made = await pen.Session.FirstAsync<long>(Versions.FirstOfProject, null, new { project = project.Id }, ct);
        return _earlier.Any(span => span.First <= made && made <= span.Last);
    }

    private async Task<State> StateAsync(string key, CancellationToken ct)
    {
        var session = pen.Session;
        if (_view.Revision is null && _states.TryGetValue(key, out var known))
        {
            return known;
        }
        if (await session.FirstAsync<ProjectRow>(_project, _view, new { key }, ct) is not { } project)
        {
            return State.None;
        }
        var parameters = new { project = project.Id };
        var state = new State(
            project,
            await session.QueryAsync<MilestoneRow>(_milestones, _view, parameters, ct),
            await session.QueryAsync<ParticipationRow>(_participations, _view, parameters, ct),
            await session.FirstAsync<StatusUpdateRow>(_status, _view, parameters, ct)
        );
        if (_view.Revision is null)
        {
            Remember(state);
        }
        return state;
    }

    private void Remember(State state)
    {
        if (_states.Count >= MostStates && pen.ReadsBack)
        {
            _states.Clear();
        }
        _states[state.Project!.Key] = state;
    }

    private ProjectRow Project(ProjectRow? before, ImportRow row, string key, string? fieldOfAction)
    {
        var columns = mapping.Project;
        var after =
            before
            ?? new ProjectRow
            {
                Key = key,
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
            FieldOfAction = columns.FieldOfAction is null ? after.FieldOfAction : fieldOfAction,
            StartsOn = columns.StartsOn is null ? after.StartsOn : row.StartsOn,
            EndsOn = columns.EndsOn is null ? after.EndsOn : row.EndsOn,
            BudgetCents = columns.Budget is null ? after.BudgetCents : row.BudgetCents,
            Tags = columns.Tags.Count == 0 ? after.Tags : Packed.Pack(row.Tags),
        };
        return before is not null && !Kind.Of(typeof(ProjectRow)).Differences(before, after).Any() ? before : ProjectFields.Findable(after);
    }

    private async Task<(string? Key, FieldOfActionRow? New, string? Refusal)> FieldAsync(ImportRow row, CancellationToken ct)
    {
        if (mapping.Project.FieldOfAction is not { } source || row.FieldOfAction is not { } name)
        {
            return (null, null, null);
        }
        var (key, refusal) = Find(_fields, "field of action", name, source.By, source.Prefix);
        if (key is not null || refusal is not null)
        {
            return (key, null, refusal);
        }
        var made = new FieldOfActionRow
        {
            Key = await NewKeyAsync<FieldOfActionRow>(source.Prefix, name, "field", [], ct),
            Name = name,
            NameSort = SortText.Of(name, 200),
            Taxonomy = source.Taxonomy,
        };
        return (made.Key, made, null);
    }

    private async Task<RowPlan?> PartnersAsync(RowPlan plan, ImportRow row, IReadOnlyList<ParticipationRow> existing, CancellationToken ct)
    {
        var wanted = new List<(ParticipationRole Role, string Partner)>();
        for (var i = 0; i < mapping.Partners.Count; i++)
        {
            var source = mapping.Partners[i];
            foreach (var name in row.Partners[i])
            {
                var (key, refusal) = Find(_partners, "partner", name, source.By, source.Prefix);
                if (refusal is not null)
                {
                    return Refuse(plan, source.Column, refusal);
                }
                key ??= plan.NewPartners.FirstOrDefault(p => IsSame(p.Name, name))?.Key;
                if (key is null)
                {
                    key = await NewKeyAsync<PartnerRow>(source.Prefix, name, "partner", plan.NewPartners.Select(p => p.Key), ct);
                    Alike(plan, row, _partners, "partner", name, plan.NewPartners.Select(p => p.Name));
                    plan.NewPartners.Add(
                        new PartnerRow
                        {
                            Key = key,
                            Name = name,
                            NameSort = SortText.Of(name, 200),
                            Kind = source.Kind,
                        }
                    );
                }
                if (!wanted.Contains((source.Role, key)))
                {
                    wanted.Add((source.Role, key));
                }
            }
        }
        if (wanted.Count > Revision.MostParts - existing.Count)
        {
            return Refuse(plan, mapping.Partners[0].Column, $"A project has at most {Revision.MostParts} participations.");
        }
        bool Holds(ParticipationRow p) => p.HoldsOn(_day);
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

    private RowPlan? Milestones(RowPlan plan, ImportRow row, IReadOnlyList<MilestoneRow> existing)
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
            var changes = before is null ? [""] : Kind.Of(typeof(MilestoneRow)).Differences(before, after).Select(f => "/" + f).ToList();
            if (changes.Count > 0)
            {
                plan.Milestones.Add((before, after));
                plan.Changes.AddRange(changes.Select(change => $"milestones/{columns.Key}{change}"));
            }
        }
        return null;
    }

    private RowPlan? Status(RowPlan plan, ImportRow row, StatusUpdateRow? latest)
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

    // The key of what a cell names, nothing when it is new, or why it cannot be told.
    private static (string? Key, string? Refusal) Find(KnownNames names, string what, string name, NamedBy by, string prefix)
    {
        if (by == NamedBy.Key)
        {
            return names.ByKey(name) is { } there ? (there, null) : (null, $"There is no {what} with the key '{name}'.");
        }
        switch (names.Named(name))
        {
            case [var one]:
                return (one, null);
            case []:
                return names.Deleted(name) is { } deleted
                    ? (null, $"The {what} '{deleted}' was deleted; its key is never given again.")
                    : (null, null);
            case var several:
                // The one that this mapping would have made.
                var made = prefix + Keys.Letters(name);
                return several.Contains(made)
                    ? (made, null)
                    : (null, $"More than one {what} has this name: {string.Join(", ", several)}. Name it by its key (`\"by\": \"key\"`).");
        }
    }

    private static void Alike(RowPlan plan, ImportRow row, KnownNames names, string what, string name, IEnumerable<string> more)
    {
        if ((names.Like(name) ?? more.FirstOrDefault(other => Keys.Letters(other) == Keys.Letters(name))) is { } like)
        {
            plan.Similar.Add(new SimilarName(row.Line, what, name, like));
        }
    }

    private async Task<string> NewKeyAsync<TRow>(
        string prefix,
        string name,
        string fallback,
        IEnumerable<string> besides,
        CancellationToken ct
    )
        where TRow : VersionRow
    {
        var wish = prefix + Keys.FromTitle(name, fallback);
        return await FreeKeyAsync<TRow>(
            wish.Length <= Keys.MaxLength ? wish : wish[..Keys.MaxLength].TrimEnd('-', '.', '_'),
            null,
            isNew: false,
            ct,
            [.. besides]
        );
    }

    // As the ledger gives keys, where some are not written yet, or never will be.
    private async Task<string> FreeKeyAsync<TRow>(
        string wish,
        ProjectRow? project,
        bool isNew,
        CancellationToken ct,
        IReadOnlyCollection<string>? besides = null
    )
        where TRow : VersionRow
    {
        var key = wish;
        for (
            var n = 2;
            IsWritten<TRow>(key, project?.Id)
                || besides?.Contains(key) == true
                // A new project has no parts.
                || (!isNew && await IsTakenAsync<TRow>(key, project?.Id, ct));
            n++
        )
        {
            key = Keys.Numbered(wish, n);
        }
        return key;
    }

    private async Task<bool> IsTakenAsync<TRow>(string key, Guid? project, CancellationToken ct)
        where TRow : VersionRow =>
        IsWritten<TRow>(key, project)
        || await pen.Session.FirstAsync<Guid?>(Kind.Of(typeof(TRow)).FindTaken, null, new { key, project }, ct) is not null;

    private bool IsWritten<TRow>(string key, Guid? project) => _written.Contains($"{typeof(TRow).Name} {project} {key}");

    private void Written<TRow>(TRow row, Guid? project)
        where TRow : VersionRow => _written.Add($"{typeof(TRow).Name} {project} {row.Key}");

    private static RowPlan Refuse(RowPlan plan, string? column, string reason) => plan with { Refusal = new Refusal(column, reason) };

    /// <summary>The revisions of an earlier import.</summary>
    private sealed record Span
    {
        public required long First { get; init; }
        public required long Last { get; init; }
    }
}
