using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.UseCases.Imports;

/// <summary>A project and the parts of it that an import looks at.</summary>
internal sealed record State(
    Project? Project,
    IReadOnlyList<Milestone> Milestones,
    IReadOnlyList<Participation> Participations,
    StatusUpdateRow? Status
)
{
    public static readonly State None = new(null, [], [], null);

    /// <summary>Keys of its parts that are or were in use: they are never given again.</summary>
    public IReadOnlySet<(string Kind, string Key)> Taken { get; init; } = new HashSet<(string, string)>();
}

/// <summary>What a row would change.</summary>
internal sealed record RowPlan(State State, Project After)
{
    public Project? Before => State.Project;

    public Refusal? Refusal { get; init; }
    public List<string> Changes { get; } = [];

    /// <summary>Its second is absent where a part is deleted.</summary>
    public List<(Milestone? Before, Milestone After)> Milestones { get; } = [];
    public List<(Participation? Before, Participation? After)> Participations { get; } = [];
    public FieldOfAction? NewField { get; init; }
    public List<Partner> NewPartners { get; } = [];

    /// <summary>New names that are like one that is there.</summary>
    public List<SimilarName> Similar { get; } = [];
    public StatusUpdateRow? Superseded { get; set; }
    public StatusUpdateRow? Status { get; set; }
}

/// <summary>
/// Compares rows with the portfolio, and writes what differs. All that some rows need is read before them, in few statements, and what they
/// write stands here until it is flushed.
/// </summary>
/// <param name="mapping">What the columns mean.</param>
/// <param name="replace">Title and lead of projects that no import of the mapping made may be changed, too.</param>
/// <param name="today">The day in Dortmund.</param>
internal sealed class RowWriter(ImportMapping mapping, bool replace, DateOnly today)
{
    /// <summary>For how many rows is read, and what they write is written, at once.</summary>
    public const int AtOnce = 250;

    /// <summary>Projects come back date after date. Bounded, and simply begun anew when full.</summary>
    public const int MostStates = 10_000;

    /// <summary>The current state of projects and their parts, or the one at a revision.</summary>
    private static readonly ManyStatement _projects = new(
        from => $"SELECT p.* FROM {from.Projects("p")} WHERE p.Id IN (SELECT k.Id FROM Project k WHERE k.[Key] IN (",
        "@key#",
        ", ",
        "))",
        1
    );

    private static readonly ManyStatement _milestones = new(
        from => $"SELECT m.* FROM {from.Projects("p")} JOIN {from.Parts("Milestone", "m", of: "p")} WHERE p.Id IN (",
        "@project#",
        ", ",
        ")",
        1
    );

    private static readonly ManyStatement _participations = new(
        from => $"SELECT t.* FROM {from.Projects("p")} JOIN {from.Parts("Participation", "t", of: "p")} WHERE p.Id IN (",
        "@project#",
        ", ",
        ") ORDER BY t.[Key]",
        1
    );

    // A list speaks for no partner; what partners reported is not touched.
    private static readonly ManyStatement _statuses = new(
        from =>
            $"SELECT s.* FROM {from.Projects("p")} JOIN {from.Open("StatusUpdate", "s", of: "p")} WHERE s.Partner IS NULL AND p.Id IN (",
        "@project#",
        ", ",
        ")",
        1
    );

    private static readonly Statement _imports = new(_ =>
        "SELECT i.FirstRevision AS First, i.LastRevision AS Last FROM Import i WHERE i.Mapping = @mapping"
    );

    // By key, also of what is not there.
    private readonly Dictionary<string, State> _states = [];

    // What projects of a key are or were called, and since which revision. Nothing where there never was one.
    private readonly Dictionary<string, List<TitleRow>> _titles = [];
    private readonly HashSet<string> _made = [];
    private readonly List<SimilarName> _similar = [];
    private KnownNames _partners = null!;
    private KnownNames _fields = null!;
    private IReadOnlyList<Span> _earlier = [];
    private readonly DateOnly _today = today;
    private View _view = View.All(today);
    private DateOnly _day = today;

    /// <summary>New names that are like one that is there.</summary>
    public IReadOnlyList<SimilarName> Similar => _similar;

    /// <summary>Reads what all rows need.</summary>
    public async Task PrepareAsync(Session session, CancellationToken ct)
    {
        _partners = await KnownNames.ReadAsync(session, Versions.NamesOfPartners, _day, ct);
        _fields = await KnownNames.ReadAsync(session, Versions.NamesOfFields, _day, ct);
        _earlier = await session.QueryAsync<Span>(_imports, null, new { mapping = mapping.Name }, ct);
    }

    /// <summary>From now on rows of that day are compared with the state at a revision, or with the current one.</summary>
    public void Look(long? revision, DateOnly day)
    {
        if (revision != _view.Revision)
        {
            _states.Clear();
        }
        _view = View.All(day) with { Revision = revision };
        _day = day;
    }

    /// <summary>Reads what some rows need, as far as it is not known. What was written before must have been flushed.</summary>
    public async Task LoadAsync(ImportPen pen, IEnumerable<ImportRow> rows, CancellationToken ct)
    {
        var (session, wanted) = (pen.Session, rows.SelectMany(KeysOf).ToHashSet());
        if (pen.ReadsBack && _states.Count + wanted.Count(key => !_states.ContainsKey(key)) > MostStates)
        {
            _states.Clear();
            _titles.Clear();
        }
        var untitled = wanted.Where(key => !_titles.ContainsKey(key)).ToList();
        foreach (var key in untitled)
        {
            _titles[key] = [];
        }
        foreach (var title in await session.QueryManyAsync<TitleRow>(Versions.Titles, null, "key", untitled, ct))
        {
            _titles[title.Key].Add(title);
        }
        wanted.ExceptWith(_states.Keys);
        foreach (var key in wanted)
        {
            _states[key] = State.None;
        }
        // Where there is no title there never was a project.
        var projects = await session.QueryManyAsync<Project>(_projects, _view, "key", wanted.Where(key => _titles[key].Count > 0), ct);
        if (projects.Count == 0)
        {
            return;
        }
        var ids = projects.Select(p => (object)p.Id).ToList();
        async Task<ILookup<Guid, TRow>> PartsAsync<TRow>(ManyStatement statement)
            where TRow : Part => (await session.QueryManyAsync<TRow>(statement, _view, "project", ids, ct)).ToLookup(row => row.ProjectId);
        var milestones = await PartsAsync<Milestone>(_milestones);
        var participations = await PartsAsync<Participation>(_participations);
        var statuses = await PartsAsync<StatusUpdateRow>(_statuses);
        var taken = projects.ToDictionary(p => p.Id, _ => new HashSet<(string, string)>());
        // Nothing is written behind what was.
        if (_view.Revision is null)
        {
            foreach (var kind in new[] { typeof(Milestone), typeof(Participation), typeof(StatusUpdateRow) }.Select(Kind.Of))
            {
                foreach (var part in await session.QueryManyAsync<TakenRow>(kind.TakenIn!, null, "project", ids, ct))
                {
                    taken[part.ProjectId].Add((kind.Name, part.Key));
                }
            }
        }
        foreach (var project in projects)
        {
            _states[project.Key] = new State(
                project,
                [.. milestones[project.Id]],
                [.. participations[project.Id]],
                statuses[project.Id].FirstOrDefault()
            )
            {
                Taken = taken[project.Id],
            };
        }
    }

    private static IEnumerable<string> KeysOf(ImportRow row) =>
        row.Identity.Certain ? [row.Identity.Key] : [row.Identity.Key, row.Identity.Distinct];

    /// <summary>What a row would change; it must have been loaded.</summary>
    public RowPlan Plan(ImportRow row)
    {
        var (key, state) = ProjectOf(row);
        var before = state.Project;
        var (field, newField, refusal) = Field(row);
        var plan = new RowPlan(state, Project(before, row, key, field)) { NewField = newField };
        if (refusal is not null)
        {
            return Refuse(plan, mapping.Project.FieldOfAction!.Column, refusal);
        }
        if (newField is not null)
        {
            Alike(plan, row, _fields, "fieldOfAction", newField.Name, []);
        }
        if (before is null && _view.Revision is null && _titles[key].Count > 0)
        {
            return Refuse(plan, KeyColumn, $"The project '{key}' was deleted, and its key cannot be used again.");
        }
        // Whether amounts may be below zero is said by the mapping, and was asked when the row was read.
        if (Domain.Kinds.Project.Rules(plan.After, _today).FirstOrDefault(finding => finding.Pointer != "/budget") is { } wrong)
        {
            return Refuse(plan, ColumnOf(wrong), wrong.Message);
        }
        plan.Changes.AddRange(before is null ? ["project"] : Kind.Of(typeof(Project)).Differences(before, plan.After));
        return Partners(plan, row, state.Participations)
            ?? Replaced(plan)
            ?? Milestones(plan, row, state.Milestones)
            ?? Status(plan, row, state.Status)
            ?? plan;
    }

    public void Write(RowPlan plan, ImportPen pen)
    {
        if (plan.NewField is { } field)
        {
            pen.Insert(field, null);
            _fields.Add(field.Name, field.Key);
        }
        foreach (var partner in plan.NewPartners)
        {
            pen.Insert(partner, null);
            _partners.Add(partner.Name, partner.Key);
        }
        _similar.AddRange(plan.Similar);
        var project = plan.Before is null ? pen.Insert(plan.After, null) : pen.Update(plan.Before, plan.After, null);
        if (plan.Before is null)
        {
            _made.Add(project.Key);
        }
        _titles[project.Key]
            .Add(
                new TitleRow
                {
                    Key = project.Key,
                    Title = project.Title,
                    Since = pen.Number,
                }
            );
        // The key of a part that was deleted stays taken, and two wishes may be the same.
        var taken = plan.State.Taken.ToHashSet();
        TRow Insert<TRow>(TRow row)
            where TRow : Part
        {
            var kind = Kind.Of(typeof(TRow)).Name;
            var key = FreeKey(row.Key, key => taken.Contains((kind, key)));
            taken.Add((kind, key));
            return pen.Insert((TRow)(row with { Key = key }), project);
        }
        var participations = plan.State.Participations.ToList();
        foreach (var (before, after) in plan.Participations)
        {
            participations.RemoveAll(p => p.Id == before?.Id);
            if (after is null)
            {
                pen.Delete(before!, project);
                continue;
            }
            participations.Add(before is null ? Insert(after) : pen.Update(before, after, project));
        }
        var milestones = plan.State.Milestones.ToList();
        foreach (var (before, after) in plan.Milestones)
        {
            milestones.RemoveAll(m => m.Id == before?.Id);
            milestones.Add(before is null ? Insert(after) : pen.Update(before, after, project));
        }
        if (plan.Superseded is { } superseded)
        {
            pen.Supersede(superseded);
        }
        var status = plan.Status is null ? plan.State.Status : Insert(plan.Status);
        _states[project.Key] = new State(project, milestones, participations, status) { Taken = taken };
    }

    // The column that a finding is about.
    private string? ColumnOf(FieldError finding) =>
        finding.Pointer switch
        {
            "/endsOn" => (mapping.Project.EndsOn ?? mapping.Project.StartsOn)?.Column,
            _ => null,
        };

    private static string? ColumnOf(MilestoneColumns columns, FieldError finding) =>
        finding.Pointer switch
        {
            "/baselineOn" => columns.Baseline?.Column,
            // Where the file names no decisions, it is the date that cannot be taken.
            "/decisionReference" => columns.Approved?.Column,
            "/achievedOn" => columns.Achieved?.Column,
            _ => null,
        };

    private string? KeyColumn => mapping.Project.Key.Headings.FirstOrDefault();

    // Which project a row is about: the one of its key, unless that key is not of its name only; then the titles that the project has or had
    // decide.
    private (string Key, State State) ProjectOf(ImportRow row)
    {
        var (key, certain, whole, distinct) = row.Identity;
        var state = _states[key];
        if (certain)
        {
            return (key, state);
        }
        if (_states[distinct] is { Project: not null } other)
        {
            return (distinct, other);
        }
        if (_titles[key].Any(title => IsSame(title.Title, row.Title)))
        {
            return (key, state);
        }
        return whole && _titles[key].Count == 0 ? (key, State.None) : (distinct, State.None);
    }

    private static bool IsSame(string a, string b) => PlainText.Same(a) == PlainText.Same(b);

    // What others made and care for is not renamed or given to another lead by a list that happens to have the same key.
    private RowPlan? Replaced(RowPlan plan)
    {
        if (replace || plan.Before is not { } before)
        {
            return null;
        }
        var title = before.Title != plan.After.Title;
        var lead = plan.Participations.Any(p => (p.Before ?? p.After)!.Role == ParticipationRole.Lead);
        if (!title && !lead || !mapping.Project.Key.Line && IsOurs(before))
        {
            return null;
        }
        var column = title ? mapping.Project.Title.Column : mapping.Partners.First(p => p.Role == ParticipationRole.Lead).Column;
        var what = title ? $"title ('{before.Title}')" : "lead";
        return Refuse(
            plan,
            column,
            mapping.Project.Key.Line
                ? $"The project '{before.Key}' is identified only by its line and has another {what}. Were lines moved? `--replace` (`replace=true`) changes it."
                : $"The project '{before.Key}' was not created by this mapping and has another {what}. `--replace` (`replace=true`) changes it."
        );
    }

    private bool IsOurs(Project project)
    {
        if (_made.Contains(project.Key))
        {
            return true;
        }
        var made = _titles[project.Key].Min(title => title.Since);
        return _earlier.Any(span => span.First <= made && made <= span.Last);
    }

    private Project Project(Project? before, ImportRow row, string key, string? fieldOfAction)
    {
        var columns = mapping.Project;
        var after =
            before
            ?? new Project
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
            FieldOfAction = columns.FieldOfAction is null ? after.FieldOfAction : Reference.To(fieldOfAction),
            StartsOn = columns.StartsOn is null ? after.StartsOn : row.StartsOn,
            EndsOn = columns.EndsOn is null ? after.EndsOn : row.EndsOn,
            BudgetCents = columns.Budget is null ? after.BudgetCents : row.BudgetCents,
            Tags = columns.Tags.Count == 0 ? after.Tags : row.Tags,
        };
        return before is not null && !Kind.Of(typeof(Project)).Differences(before, after).Any() ? before : (Project)after.Derived();
    }

    private (string? Key, FieldOfAction? New, string? Refusal) Field(ImportRow row)
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
        var made = new FieldOfAction
        {
            Key = NewKey(source.Prefix, name, "field", _fields.IsTaken),
            Name = name,
            NameSort = SortText.Of(name, 200),
            Taxonomy = source.Taxonomy,
        };
        return (made.Key, made, null);
    }

    private RowPlan? Partners(RowPlan plan, ImportRow row, IReadOnlyList<Participation> existing)
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
                    key = NewKey(source.Prefix, name, "partner", k => _partners.IsTaken(k) || plan.NewPartners.Any(p => p.Key == k));
                    Alike(plan, row, _partners, "partner", name, plan.NewPartners.Select(p => p.Name));
                    plan.NewPartners.Add(
                        new Partner
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
            return Refuse(plan, mapping.Partners[0].Column, $"A project can have at most {Revision.MostParts} participations.");
        }
        bool Holds(Participation p) => p.HoldsOn(_day);
        foreach (var (role, partner) in wanted)
        {
            var same = existing.Where(p => p.Role == role && p.Partner.Key == partner).ToList();
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
                        : new Participation
                        {
                            Key = key.Length <= Keys.MaxLength ? key : key[..Keys.MaxLength].TrimEnd('-', '.', '_'),
                            ProjectId = plan.After.Id,
                            Partner = new(partner, partner),
                            Role = role,
                            FromOn = plan.Before is null ? null : _day,
                        }
                )
            );
            plan.Changes.Add($"participations/{ended?.Key ?? key}");
        }
        var roles = mapping.Partners.Select(p => p.Role).ToHashSet();
        foreach (var gone in existing.Where(p => roles.Contains(p.Role) && Holds(p) && !wanted.Contains((p.Role, p.Partner.Key))))
        {
            plan.Participations.Add((gone, gone.FromOn >= _day ? null : gone with { UntilOn = _day.AddDays(-1) }));
            plan.Changes.Add($"participations/{gone.Key}");
        }
        return null;
    }

    private RowPlan? Milestones(RowPlan plan, ImportRow row, IReadOnlyList<Milestone> existing)
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
                ?? new Milestone
                {
                    Key = columns.Key,
                    ProjectId = plan.After.Id,
                    Title = columns.Title,
                };
            after = after with
            {
                BaselineOn = dates.Baseline ?? after.BaselineOn ?? (columns.BaselineIsFirstForecast ? dates.Forecast : null),
                ApprovedOn = columns.Approved is null ? after.ApprovedOn : dates.Approved,
                DecisionReference = columns.DecisionReference is null ? after.DecisionReference : dates.Decision,
                ForecastOn = columns.Forecast is null ? after.ForecastOn : dates.Forecast,
                AchievedOn = columns.Achieved is null ? after.AchievedOn : dates.Achieved,
            };
            if (Milestone.Rules(after, _today).Concat(before is null ? [] : Milestone.Moves(before, after)).FirstOrDefault() is { } wrong)
            {
                return Refuse(plan, ColumnOf(columns, wrong), wrong.Message);
            }
            // The reason was one for the forecast before.
            after = after.ForecastOn == before?.ForecastOn ? after : after with { ForecastReason = null };
            var changes = before is null ? [""] : Kind.Of(typeof(Milestone)).Differences(before, after).Select(f => "/" + f).ToList();
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
                $"There is already a later status update, of {latest.ReportedOn:yyyy-MM-dd}."
            );
        }
        // The file says something else of the same day than it did before: that is a correction, with all that was said.
        var kept = JsonList.Unpack<ForecastState>(sameDay?.Forecasts);
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
            Forecasts = JsonList.Pack<ForecastState>([
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
                    ? (null, $"The {what} '{deleted}' was deleted, and its key cannot be used again.")
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

    private static string NewKey(string prefix, string name, string fallback, Func<string, bool> isTaken)
    {
        var wish = prefix + Keys.FromTitle(name, fallback);
        return FreeKey(wish.Length <= Keys.MaxLength ? wish : wish[..Keys.MaxLength].TrimEnd('-', '.', '_'), isTaken);
    }

    // As the ledger gives keys.
    private static string FreeKey(string wish, Func<string, bool> isTaken)
    {
        var key = wish;
        for (var n = 2; isTaken(key); n++)
        {
            key = Keys.Numbered(wish, n);
        }
        return key;
    }

    private static RowPlan Refuse(RowPlan plan, string? column, string reason) => plan with { Refusal = new Refusal(column, reason) };

    private sealed record TitleRow
    {
        public required string Key { get; init; }
        public required string Title { get; init; }
        public required long Since { get; init; }
    }

    private sealed record TakenRow
    {
        public required Guid ProjectId { get; init; }
        public required string Key { get; init; }
    }

    /// <summary>The revisions of an earlier import.</summary>
    private sealed record Span
    {
        public required long First { get; init; }
        public required long Last { get; init; }
    }
}
