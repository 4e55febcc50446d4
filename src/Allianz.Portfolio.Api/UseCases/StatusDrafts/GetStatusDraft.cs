using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusDrafts;

internal static class GetStatusDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/status-drafts/{partner}",
                (string project, string partner, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    mediator.Send(new Query(read.Caller, project, partner), ct)
            )
            .ReadsNow<StatusDraft>(
                "What a partner is about to report in the cycle that is open: as it was saved, otherwise its last status update"
            )
            .For(Right.Read(Resource.StatusDraft));

    /// <param name="Caller">Who asks.</param>
    /// <param name="Project">Key of the project.</param>
    /// <param name="Partner">Key of the partner that is to report.</param>
    public sealed record Query(Caller Caller, string Project, string Partner) : IRequest<StatusDraft>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, TimeProvider clock) : IRequestHandler<Query, StatusDraft>
    {
        public async Task<StatusDraft> Handle(Query request, CancellationToken cancellationToken)
        {
            var today = Berlin.DayOf(clock.GetUtcNow());
            await using var session = await database.OpenAsync(cancellationToken);
            var place = await DraftPlace.FindAsync(
                session,
                mapper,
                request.Caller,
                Right.Read(Resource.StatusDraft),
                (request.Project, request.Partner),
                today,
                cancellationToken
            );
            var saved = await place.SavedAsync(session, cancellationToken);
            var draft = new StatusDraft
            {
                Project = place.Project,
                Cycle = place.Cycle is { } cycle ? new(cycle.Key, cycle.Name) : null,
                Partner = place.Partner,
                SavedAt = saved?.SavedAt,
                Lights = new Dictionary<Dimension, Rag>(),
                Forecasts = [],
            };
            if (saved?.Fields() is { } fields)
            {
                return draft.With(fields);
            }
            var view = request.Caller.ViewAt(today);
            var row = await PrepareStatusUpdate.LastAsync(session, view, place.Id, place.Partner.Key, cancellationToken);
            // Its forecasts moved with it: what is expected now stands at the milestones.
            return mapper.Map<StatusState?>(row) is { } last
                ? draft with
                {
                    Lights = last.Lights,
                    Reason = last.Reason,
                    Progress = last.Progress,
                    Done = last.Done,
                    Next = last.Next,
                    SpentCents = last.SpentCents,
                }
                : draft;
        }
    }
}
