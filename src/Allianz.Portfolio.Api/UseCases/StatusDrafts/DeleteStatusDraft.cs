using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusDrafts;

internal static class DeleteStatusDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}/status-drafts/{partner}",
                async (string project, string partner, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                {
                    await mediator.Send(new Command(write.Caller, project, partner, write.IfMatch()), ct);
                    return Results.NoContent();
                }
            )
            .WithSummary("Discard the draft of a status update. Nothing of it remains")
            .WithDescription("If-Match takes the ETag that was read.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404, 412, 428)
            .For(Right.Delete(Resource.StatusDraft));

    public sealed record Command(Caller Caller, string Project, string Partner, Precondition Precondition) : ICommand<Unit>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, TimeProvider clock) : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command request, CancellationToken cancellationToken)
        {
            await database.WriteAsync(session => RemoveAsync(session, request, cancellationToken), cancellationToken);
            return Unit.Value;
        }

        private async Task RemoveAsync(Session session, Command request, CancellationToken cancellationToken)
        {
            var place = await DraftPlace.FindAsync(
                session,
                mapper,
                request.Caller,
                Right.Delete(Resource.StatusDraft),
                (request.Project, request.Partner),
                Berlin.DayOf(clock.GetUtcNow()),
                cancellationToken
            );
            var saved = await place.SavedAsync(session, cancellationToken);
            request.Precondition.RequireMatch(StatusDraft.VersionOf(saved?.SavedAt));
            if (saved is not null && !await place.RemoveAsync(session, saved, cancellationToken))
            {
                // Another node was quicker.
                throw Problem.Stale();
            }
        }
    }
}
