using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Allianz.Portfolio.Domain.Rules;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusUpdates;

internal static class CreateStatusUpdate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/status-updates",
                (string project, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewStatusUpdate>()), ct),
                        async (view, key) => await mediator.Send(new GetStatusUpdate.Query(view, project, key), ct)
                    )
            )
            .Creates<NewStatusUpdate, StatusState>("Report on a project")
            .For(Right.Create(Resource.StatusUpdate));

    // The newest of each partner: a new one follows that of the same.
    private static readonly Statement _current = new(from =>
        $"SELECT s.* FROM {from.Projects("p")} JOIN {from.Open("StatusUpdate", "s", of: "p")} WHERE p.Id = @project ORDER BY s.FromRevision DESC"
    );

    private static readonly Statement _merged = new(from =>
        $"SELECT o.[Key] FROM {from.Shared("Partner", "o")} WHERE o.MergedInto = @partner"
    );

    /// <param name="Caller">Who reports.</param>
    /// <param name="Project">Key of the project.</param>
    /// <param name="Update">What is reported.</param>
    public sealed record Command(Caller Caller, string Project, NewStatusUpdate Update) : ICommand<Written>
    {
        /// <summary>What a form began with as the partner's newest status update; 0 for none. Absent when it began with nothing.</summary>
        public Precondition? Last { get; init; }
    }

    public sealed class Handler(PortfolioLedger ledger, IMapper mapper) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, update) = (request.Caller, request.Update);
            update.Validate(update.Rules(ledger.Today(caller)));
            return await ledger.WriteAsync(
                caller,
                OneUpdate.Command,
                state => DecideAsync(state, request, cancellationToken),
                async (revision, plan) =>
                {
                    var (project, row) = (plan.Project, plan.Row);
                    if (caller.Only is { } only)
                    {
                        await only.UseAsync(revision, project.Key, row.Cycle, row.Key, cancellationToken);
                    }
                    if (plan.Before is { } before)
                    {
                        await revision.SupersedeAsync(before, cancellationToken);
                    }
                    row = await revision.InsertAsync(row, project, cancellationToken);
                    foreach (var (milestone, forecast) in plan.Moves.Where(m => m.Forecast.Beside != true))
                    {
                        var moved = milestone with
                        {
                            ForecastOn = forecast.ForecastOn,
                            // A forecast that is only confirmed keeps its reason.
                            ForecastReason =
                                forecast.Reason ?? (milestone.ForecastOn == forecast.ForecastOn ? milestone.ForecastReason : null),
                        };
                        await revision.UpdateAsync(milestone, moved, project, cancellationToken);
                    }
                    foreach (var asked in update.DecisionRequests)
                    {
                        var askedKey = await revision.NewKeyAmongHiddenAsync<DecisionRequest>(
                            caller,
                            null,
                            asked.Title,
                            Kinds.DecisionRequests.Kind.KeyElse,
                            project.Id,
                            cancellationToken
                        );
                        await revision.InsertAsync(asked.ToRow(askedKey, row), project, cancellationToken);
                    }
                    if (row is { Cycle: { } cycle, Partner: { } partner })
                    {
                        await DraftPlace.RemoveAsync(revision.Session, project.Key, cycle, partner, cancellationToken);
                    }
                    return row.Key;
                },
                cancellationToken
            );
        }

        private async Task<Plan> DecideAsync(LedgerState state, Command request, CancellationToken cancellationToken)
        {
            var (caller, update) = (request.Caller, request.Update);
            var view = View.All(state.Today);
            var project = await state.ProjectAsync(caller, request.Project, cancellationToken);
            await AuthorizeAsync(state, caller, project, update, cancellationToken);
            caller.AuthorizeSight(
                update.DecisionRequests.Select(d => d.Visibility).Append(Visibility.Public).Max(),
                update.Partner ?? caller.Partner
            );
            Checks.RequireNoConflict(StatusRules.Reportable(project));

            var current = await state.Session.QueryAsync<StatusUpdateRow>(_current, view, new { project = project.Id }, cancellationToken);
            var newest = current.Select(Entry).ToList();
            Checks.RequireNoConflict(StatusRules.Correctable(update.Corrects, newest, update.Partner ?? caller.Partner));
            var corrected = update.Corrects is null ? null : current.First(s => s.Key == update.Corrects);
            // The coordination says for whom it reports, or for nobody: a partner is not quoted with what it did not say.
            var partner =
                update.Partner
                ?? caller.Partner
                ?? corrected?.Partner
                ?? (update.Unchanged ? Reported.Newest(await WholeAsync(state, view, project, cancellationToken))?.Partner?.Key : null);
            // What a partner reported before it was merged into this one is its own.
            var names = (await state.Session.QueryAsync<string>(_merged, view, new { partner }, cancellationToken))
                .Append(partner)
                .ToList();
            var before = current.Where(s => names.Contains(s.Partner)).MaxBy(s => (s.ReportedOn, s.FromRevision));
            await References.RequireExistsAsync<Partner>(state, partner, "/partner", cancellationToken);
            if (request.Last is { } known)
            {
                var last = await PrepareStatusUpdate.LastAsync(state.Session, view, project.Id, partner, cancellationToken);
                known.RequireMatch(last?.Revision ?? 0);
            }
            var reportedOn = update.ReportedOn ?? corrected?.ReportedOn ?? view.Day;
            var history = new StatusHistory
            {
                Partner = partner,
                Newest = newest,
                Before = before is null ? null : Entry(before),
            };
            Checks.RequireNoConflict(
                StatusRules.Follows(
                    history,
                    update.Unchanged,
                    corrected is null ? null : Entry(corrected),
                    names.Contains(corrected?.Partner),
                    reportedOn
                )
            );
            var cycle = await CycleAsync(
                state.Session,
                view,
                caller,
                (project.Key, partner),
                update.Cycle ?? corrected?.Cycle,
                reportedOn,
                cancellationToken
            );

            var day = reportedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var wish = cycle is null ? day : string.Join('-', new[] { cycle, partner }.OfType<string>());
            var key = await state.NewKeyAsync<StatusUpdateRow>(update.Key, wish, "meldung", cancellationToken, project.Id);
            var leads =
                update.Forecasts.Count == 0
                    ? []
                    : Domain.Duties.Leads(await WholeAsync(state, view, project, cancellationToken), reportedOn);
            var mayMoveAll = partner is null || leads.Count == 0 || leads.Any(lead => lead.Key == partner);
            var moves = await MovesAsync(
                state,
                project,
                update.Forecasts,
                milestone => mayMoveAll || milestone.Partner?.Key == partner,
                cancellationToken
            );
            var said = update.Unchanged ? before! : Content(update);
            return new Plan(
                project,
                before,
                said with
                {
                    Id = Guid.CreateVersion7(),
                    Key = key,
                    ProjectId = project.Id,
                    Cycle = cycle,
                    Partner = partner,
                    ReportedOn = reportedOn,
                    // A confirmation says once more what was said, unless it says it anew.
                    Done = update.Done ?? said.Done,
                    Next = update.Next ?? said.Next,
                    Forecasts = JsonList.Pack([.. moves.Select(m => m.Forecast)]),
                    Unchanged = update.Unchanged,
                    Corrects = update.Corrects,
                    // What is only confirmed stays what it was.
                    Sample = update.Sample || (update.Unchanged && said.Sample),
                },
                moves
            );
        }

        private static StatusEntry Entry(StatusUpdateRow row) => new(row.Key, row.Partner, row.ReportedOn);

        // To report, and to do what else the report does.
        private static async Task AuthorizeAsync(
            LedgerState state,
            Caller caller,
            Project project,
            NewStatusUpdate update,
            CancellationToken ct
        )
        {
            var partner = update.Partner ?? caller.Partner;
            await state.AuthorizeAsync(caller, Right.Create(Resource.StatusUpdate), project, [], [partner], ct);
            if (update.Forecasts.Count > 0)
            {
                await state.AuthorizeAsync(
                    caller,
                    Right.Change(Resource.Milestone),
                    project,
                    update.Forecasts.Any(f => f.Reason is not null) ? ["forecastOn", "forecastReason"] : ["forecastOn"],
                    [],
                    ct
                );
            }
            if (update.DecisionRequests.Count > 0)
            {
                await state.AuthorizeAsync(
                    caller,
                    Right.Create(Resource.DecisionRequest),
                    project,
                    update.DecisionRequests.SelectMany(MergePatch.Given),
                    [partner],
                    ct
                );
            }
        }

        private async Task<ProjectState> WholeAsync(LedgerState state, View view, Project project, CancellationToken ct) =>
            (await SnapshotReader.OneAsync(state.Session, mapper, view, project.Key, ct))!;

        // The cycle that it counts for.
        private async Task<string?> CycleAsync(
            Session session,
            View view,
            Caller caller,
            (string Key, string? Partner) project,
            string? asked,
            DateOnly reportedOn,
            CancellationToken ct
        )
        {
            var cycles = await SnapshotReader.CyclesAsync(session, view, ct);
            var keeps = caller.MayAnywhere(Right.Create(Resource.StatusUpdate));
            if (asked is null)
            {
                var taking = cycles.Where(c => keeps || c.IsOpenOn(view.Day));
                return (await PrepareStatusUpdate.CycleAsync(session, mapper, view, project, taking, reportedOn, ct))?.Key;
            }
            var cycle =
                cycles.FirstOrDefault(c => c.Key == asked) ?? throw Problem.Invalid("/cycle", $"There is no reporting cycle '{asked}'.");
            Checks.RequireNoConflict(StatusRules.Takes(cycle, view.Day, keeps));
            return cycle.Key;
        }

        private static async Task<List<(Milestone Milestone, ForecastState Forecast)>> MovesAsync(
            LedgerState state,
            Project project,
            IReadOnlyList<NewForecast> forecasts,
            Func<Milestone, bool> mayMove,
            CancellationToken ct
        )
        {
            var moves = new List<(Milestone Milestone, ForecastState Forecast)>();
            for (var i = 0; i < forecasts.Count; i++)
            {
                var (key, pointer) = (forecasts[i].Milestone, $"/forecasts/{i}/milestone");
                var milestone =
                    await state.FindAsync<Milestone>(key, ct, project.Id)
                    ?? throw Problem.Invalid(pointer, $"The project has no milestone '{key}'.");
                Checks.RequireNoConflict(StatusRules.Forecastable(milestone, pointer));
                moves.Add(
                    (
                        milestone,
                        new ForecastState(
                            key,
                            milestone.ForecastOn,
                            forecasts[i].ForecastOn,
                            forecasts[i].Reason,
                            mayMove(milestone) ? null : true
                        )
                    )
                );
            }
            return moves;
        }

        private static StatusUpdateRow Content(NewStatusUpdate update) =>
            new()
            {
                Key = "",
                ProjectId = Guid.Empty,
                ReportedOn = default,
                RagSchedule = update.Lights?.Schedule,
                RagCost = update.Lights?.Cost,
                RagScope = update.Lights?.Scope,
                RagResources = update.Lights?.Resources,
                RagRisk = update.Lights?.Risk,
                Rag = RagRules.Worst(update.Lights?.ByDimension().Values ?? Enumerable.Empty<Rag>()),
                Reason = update.Reason,
                Progress = update.Progress,
                SpentCents = update.SpentCents,
            };
    }

    /// <summary>What is to be written.</summary>
    /// <param name="Project">The project.</param>
    /// <param name="Before">The status update that it follows.</param>
    /// <param name="Row">The new one.</param>
    /// <param name="Moves">Milestones with their new forecasts.</param>
    private sealed record Plan(
        Project Project,
        StatusUpdateRow? Before,
        StatusUpdateRow Row,
        IReadOnlyList<(Milestone Milestone, ForecastState Forecast)> Moves
    );
}
