using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Features.StatusDrafts;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.StatusUpdates;

internal static class CreateStatusUpdate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/status-updates",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
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
            var (caller, projectKey, update) = (request.Caller, request.Project, request.Update);
            await using var revision = await ledger.BeginAsync(caller, OneUpdate.Command, cancellationToken);
            var view = View.All(Berlin.DayOf(revision.At));
            update.Demand(update.Rules(view.Day));
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            await DemandAsync(revision, caller, project, update, cancellationToken);
            caller.DemandSight(
                update.DecisionRequests.Select(d => d.Visibility).Append(Visibility.Public).Max(),
                update.Partner ?? caller.Partner
            );
            if (project.Archived)
            {
                throw Problem.Conflict($"Project '{project.Key}' is archived: it is not reported on any more.");
            }

            var current = await revision.Session.QueryAsync<StatusUpdateRow>(
                _current,
                view,
                new { project = project.Id },
                cancellationToken
            );
            var corrected = update.Corrects is null ? null : Corrected(update.Corrects, current, update.Partner ?? caller.Partner);
            // The coordination says for whom it reports, or for nobody: a partner is not quoted with what it did not say.
            var partner =
                update.Partner
                ?? caller.Partner
                ?? corrected?.Partner
                ?? (update.Unchanged ? Reported.Newest(await WholeAsync(revision, view, project, cancellationToken))?.Partner?.Key : null);
            // What a partner reported before it was merged into this one is its own.
            var names = (await revision.Session.QueryAsync<string>(_merged, view, new { partner }, cancellationToken))
                .Append(partner)
                .ToList();
            var before = current.Where(s => names.Contains(s.Partner)).MaxBy(s => (s.ReportedOn, s.FromRevision));
            await References.DemandPartnerAsync(revision, partner, cancellationToken);
            if (request.Last is { } known)
            {
                var last = await PrepareStatusUpdate.LastAsync(revision.Session, view, project.Id, partner, cancellationToken);
                known.Demand(last?.Revision ?? 0);
            }
            if (corrected is not null && !names.Contains(corrected.Partner))
            {
                throw Problem.Conflict(
                    $"'{corrected.Key}' was not reported by '{partner}'; a partner corrects what is its own.",
                    "/corrects"
                );
            }
            if (update.Unchanged && before is null && current.Count > 0)
            {
                throw Problem.Conflict(
                    $"'{partner}' has not reported on this project yet; a partner confirms what it said itself.",
                    "/unchanged"
                );
            }
            var reportedOn = update.ReportedOn ?? corrected?.ReportedOn ?? view.Day;
            if (corrected is null && reportedOn < before?.ReportedOn)
            {
                // A partner's newest report is the one that counts; one of an older day would put the project back.
                throw Problem.Conflict($"There is a status update of {before.ReportedOn:yyyy-MM-dd} already.", "/reportedOn");
            }
            var cycle = await CycleAsync(
                revision.Session,
                view,
                caller,
                (project.Key, partner),
                update.Cycle ?? corrected?.Cycle,
                reportedOn,
                cancellationToken
            );

            var day = reportedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var wish = cycle is null ? day : string.Join('-', new[] { cycle, partner }.OfType<string>());
            var key = await revision.NewKeyAsync<StatusUpdateRow>(update.Key, wish, "meldung", cancellationToken, project.Id);
            if (caller.Only is { } only)
            {
                await only.UseAsync(revision, project.Key, cycle, key, cancellationToken);
            }
            var leads =
                update.Forecasts.Count == 0
                    ? []
                    : Domain.Duties.Leads(await WholeAsync(revision, view, project, cancellationToken), reportedOn);
            var mayMoveAll = partner is null || leads.Count == 0 || leads.Any(lead => lead.Key == partner);
            var moves = await MovesAsync(
                revision,
                project,
                update.Forecasts,
                milestone => mayMoveAll || milestone.Partner?.Key == partner,
                cancellationToken
            );
            var lights = Content(update, before);
            if (before is not null)
            {
                await revision.SupersedeAsync(before, cancellationToken);
            }
            var row = await revision.InsertAsync(
                lights with
                {
                    Id = Guid.CreateVersion7(),
                    Key = key,
                    ProjectId = project.Id,
                    Cycle = cycle,
                    Partner = partner,
                    ReportedOn = reportedOn,
                    // A confirmation says once more what was said, unless it says it anew.
                    Done = update.Done ?? lights.Done,
                    Next = update.Next ?? lights.Next,
                    Forecasts = Packed.Pack([.. moves.Select(m => m.Forecast)]),
                    Unchanged = update.Unchanged,
                    Corrects = update.Corrects,
                    // What is only confirmed stays what it was.
                    Sample = update.Sample || (update.Unchanged && lights.Sample),
                },
                project,
                cancellationToken
            );
            foreach (var (milestone, forecast) in moves.Where(m => m.Forecast.Beside != true))
            {
                var moved = milestone with
                {
                    ForecastOn = forecast.ForecastOn,
                    // A forecast that is only confirmed keeps its reason.
                    ForecastReason = forecast.Reason ?? (milestone.ForecastOn == forecast.ForecastOn ? milestone.ForecastReason : null),
                };
                await revision.UpdateAsync(milestone, moved, project, cancellationToken);
            }
            foreach (var asked in update.DecisionRequests)
            {
                var askedKey = await revision.NewKeyAmongHiddenAsync<DecisionRequestRow>(
                    caller,
                    null,
                    asked.Title,
                    "entscheidungsbedarf",
                    project.Id,
                    cancellationToken
                );
                await revision.InsertAsync(asked.ToRow(askedKey, row), project, cancellationToken);
            }
            if (cycle is not null && partner is not null)
            {
                await DraftPlace.RemoveAsync(revision.Session, project.Key, cycle, partner, cancellationToken);
            }
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }

        // To report, and to do what else the report does.
        private static async Task DemandAsync(
            Revision revision,
            Caller caller,
            Project project,
            NewStatusUpdate update,
            CancellationToken ct
        )
        {
            var partner = update.Partner ?? caller.Partner;
            await revision.DemandAsync(caller, Right.Create(Resource.StatusUpdate), project, [], [partner], ct);
            if (update.Forecasts.Count > 0)
            {
                await revision.DemandAsync(
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
                await revision.DemandAsync(
                    caller,
                    Right.Create(Resource.DecisionRequest),
                    project,
                    update.DecisionRequests.SelectMany(MergePatch.Given),
                    [partner],
                    ct
                );
            }
        }

        private static StatusUpdateRow Corrected(string key, IReadOnlyList<StatusUpdateRow> current, string? partner) =>
            current.FirstOrDefault(s => s.Key == key)
            ?? throw Problem.Conflict(
                current.Count == 0
                    ? "There is no status update to correct."
                    : $"Only a partner's newest status update can be corrected: '{(current.FirstOrDefault(s => s.Partner == partner) ?? current[0]).Key}'.",
                "/corrects"
            );

        private async Task<ProjectState> WholeAsync(Revision revision, View view, Project project, CancellationToken ct) =>
            (await SnapshotReader.OneAsync(revision.Session, mapper, view, project.Key, ct))!;

        // A cycle takes reports from its opening until it closes; afterwards only the coordination adds to it.
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
            var cycles = await SnapshotReader.CyclesAsync(session, mapper, view, ct);
            var keeps = caller.MayAnywhere(Right.Create(Resource.StatusUpdate));
            if (asked is null)
            {
                var taking = cycles.Where(c => keeps || c.IsOpenOn(view.Day));
                return (await PrepareStatusUpdate.CycleAsync(session, mapper, view, project, taking, reportedOn, ct))?.Key;
            }
            var cycle =
                cycles.FirstOrDefault(c => c.Key == asked) ?? throw Problem.Invalid("/cycle", $"There is no reporting cycle '{asked}'.");
            return keeps || cycle.IsOpenOn(view.Day)
                ? cycle.Key
                : throw Problem.Conflict(
                    $"Reporting cycle '{cycle.Key}' is open from {cycle.OpensOn:yyyy-MM-dd} to {cycle.ClosesOn:yyyy-MM-dd}; "
                        + "outside of it only the coordination reports.",
                    "/cycle"
                );
        }

        private static async Task<List<(Milestone Milestone, ForecastState Forecast)>> MovesAsync(
            Revision revision,
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
                    await revision.FindAsync<Milestone>(key, ct, project.Id)
                    ?? throw Problem.Invalid(pointer, $"The project has no milestone '{key}'.");
                if (milestone.AchievedOn is { } achieved)
                {
                    throw Problem.Conflict($"Milestone '{key}' was achieved on {achieved:yyyy-MM-dd}.", pointer);
                }
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

        // All that is said: as reported, or of the one before.
        private static StatusUpdateRow Content(NewStatusUpdate update, StatusUpdateRow? before)
        {
            if (update.Unchanged)
            {
                return before ?? throw Problem.Conflict("There is no status update before that could be unchanged.", "/unchanged");
            }
            return new StatusUpdateRow
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
    }
}
