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
    public FieldOfActionRow? NewField { get; set; }
    public List<PartnerRow> NewPartners { get; } = [];
    public StatusUpdateRow? Superseded { get; set; }
    public StatusUpdateRow? Status { get; set; }
}

/// <summary>Compares rows with the portfolio, and writes what differs.</summary>
internal sealed class RowWriter(ImportMapping mapping, DateOnly today)
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

    // Projects come back date after date; nobody else writes meanwhile. Bounded, and simply begun anew when full.
    private const int MostStates = 10_000;

    private readonly Dictionary<string, State> _states = [];
    private readonly HashSet<string> _known = [];
    private View _view = View.All(today);
    private DateOnly _day = today;

    /// <summary>From now on rows of that day are compared with the state at a revision, or with the current one.</summary>
    public void Look(long? revision, DateOnly day)
    {
        _view = View.All(day) with { Revision = revision };
        _day = day;
    }

    public async Task<RowPlan> PlanAsync(Revision revision, ImportRow row, CancellationToken ct)
    {
        var state = await StateAsync(revision.Session, row.Key, ct);
        var before = state.Project;
        var plan = new RowPlan(state, Project(before, row));
        if (before is null && _view.Revision is null && await revision.IsTakenAsync<ProjectRow>(row.Key, ct))
        {
            return Refuse(plan, mapping.Project.Key.Column, $"The project '{row.Key}' was deleted; its key is never given again.");
        }
        if (plan.After.StartsOn > plan.After.EndsOn)
        {
            return Refuse(plan, (mapping.Project.EndsOn ?? mapping.Project.StartsOn)?.Column, "The end lies before the beginning.");
        }
        plan.Changes.AddRange(before is null ? ["project"] : Kind.Of(typeof(ProjectRow)).Differences(before, plan.After));
        return await FieldAsync(plan, row, revision, ct)
            ?? await PartnersAsync(plan, row, state.Participations, revision, ct)
            ?? Milestones(plan, row, state.Milestones)
            ?? Status(plan, row, state.Status)
            ?? plan;
    }

    public async Task WriteAsync(Revision revision, RowPlan plan, CancellationToken ct)
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
        // The key of a part that was deleted stays taken; a new project has none.
        async Task<TRow> InsertAsync<TRow>(TRow row)
            where TRow : PartRow
        {
            var key = plan.Before is null ? row.Key : await revision.FreeKeyAsync<TRow>(row.Key, ct, project.Id);
            return await revision.InsertAsync(row with { Key = key }, project, ct);
        }
        var participations = plan.State.Participations.ToList();
        foreach (var (before, after) in plan.Participations)
        {
            participations.RemoveAll(p => p.Id == before?.Id);
            if (after is null)
            {
                await revision.DeleteAsync(before!, project, ct);
                continue;
            }
            participations.Add(before is null ? await InsertAsync(after) : await revision.UpdateAsync(before, after, project, ct));
        }
        var milestones = plan.State.Milestones.ToList();
        foreach (var (before, after) in plan.Milestones)
        {
            milestones.RemoveAll(m => m.Id == before?.Id);
            milestones.Add(before is null ? await InsertAsync(after) : await revision.UpdateAsync(before, after, project, ct));
        }
        if (plan.Superseded is { } superseded)
        {
            await revision.SupersedeAsync(superseded, ct);
        }
        var status = plan.Status is null ? plan.State.Status : await InsertAsync(plan.Status);
        Remember(new State(project, milestones, participations, status));
    }

    private async Task<State> StateAsync(Session session, string key, CancellationToken ct)
    {
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
        if (_states.Count >= MostStates)
        {
            _states.Clear();
        }
        _states[state.Project!.Key] = state;
    }

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
        return before is not null && !Kind.Of(typeof(ProjectRow)).Differences(before, after).Any() ? before : ProjectFields.Findable(after);
    }

    private async Task<RowPlan?> FieldAsync(RowPlan plan, ImportRow row, Revision revision, CancellationToken ct)
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

    private async Task<RowPlan?> PartnersAsync(
        RowPlan plan,
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

    private static RowPlan Refuse(RowPlan plan, string? column, string reason) => plan with { Refusal = new Refusal(column, reason) };
}
