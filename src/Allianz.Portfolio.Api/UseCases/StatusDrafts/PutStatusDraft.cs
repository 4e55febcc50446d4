using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusDrafts;

/// <summary>Saves a draft. Nobody is told: it is in no revision, no feed and nobody's read but its own partner's and the coordination's.</summary>
internal static class PutStatusDraft
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut(
                "/projects/{project}/status-drafts/{partner}",
                (string project, string partner, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () =>
                            mediator.Send(
                                new Command(write.Caller, project, partner, write.IfMatch(), write.Body<StatusDraftFields>()),
                                ct
                            ),
                        async (_, _) => (StatusDraft?)await mediator.Send(new GetStatusDraft.Query(write.Caller, project, partner), ct)
                    )
            )
            .Puts<StatusDraftFields, StatusDraft>(
                "Save what a partner is about to report in the cycle that is open. It is reported by a status update, which ends the draft"
            )
            .For(Right.Change(Resource.StatusDraft));

    private static readonly Statement _update = new(_ =>
        """
            UPDATE StatusDraft SET Content = @content, SavedAt = @at, SavedBy = @by
            WHERE Project = @project AND Cycle = @cycle AND Partner = @partner AND SavedAt = @before
            """
    );

    private static readonly Statement _insert = new(_ =>
        """
            INSERT INTO StatusDraft (Project, Cycle, Partner, Content, SavedAt, SavedBy)
            VALUES (@project, @cycle, @partner, @content, @at, @by)
            """
    );

    public sealed record Command(Caller Caller, string Project, string Partner, Precondition Precondition, StatusDraftFields Draft)
        : ICommand<Written>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper, TimeProvider clock) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            request.Draft.Validate(request.Draft.Rules());
            var now = clock.GetUtcNow().WholeMilliseconds();
            var key = await database.WriteAsync(session => SaveAsync(session, request, now, cancellationToken), cancellationToken);
            return new Written(key, await NewestAsync(cancellationToken));
        }

        /// <returns>Key of the partner.</returns>
        private async Task<string> SaveAsync(Session session, Command request, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var (caller, project, partner, precondition, draft) = request;
            var place = await DraftPlace.FindAsync(
                session,
                mapper,
                caller,
                Right.Change(Resource.StatusDraft),
                (project, partner),
                Berlin.DayOf(now),
                cancellationToken
            );
            if (place.Archived)
            {
                throw Problem.Conflict($"Project '{place.Project}' is archived and takes no more status updates.");
            }
            if (place.Cycle is not { } cycle)
            {
                throw Problem.Conflict("No reporting cycle is open, so there is nothing to prepare.");
            }
            var saved = await place.SavedAsync(session, cancellationToken);
            precondition.RequireMatch(StatusDraft.VersionOf(saved?.SavedAt));
            var parameters = new
            {
                project = place.Project,
                cycle = cycle.Key,
                partner = place.Partner.Key,
                content = StatusDraftRow.Pack(draft),
                // Two that are saved in the same moment are told apart.
                at = now > saved?.SavedAt || saved is null ? now : saved.SavedAt.AddMilliseconds(1),
                by = caller.Name,
                before = saved?.SavedAt,
            };
            try
            {
                if (await session.ExecuteAsync(saved is null ? _insert : _update, parameters, cancellationToken) == 0)
                {
                    // Another node was quicker.
                    throw Problem.Stale();
                }
            }
            catch (Exception e) when (database.Dialect.IsUniqueViolation(e))
            {
                throw Problem.Stale();
            }
            return place.Partner.Key;
        }

        private async Task<long> NewestAsync(CancellationToken ct)
        {
            await using var session = await database.OpenAsync(ct);
            return await PortfolioLedger.NewestAsync(session, ct);
        }
    }
}
