using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Assignments;

internal static class GetAssignment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/assignments/{assignment}",
                async (string assignment, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.AssignmentAsync(read.View, assignment, ct) ?? throw Problem.NotFound("assignment", assignment)
            )
            .Reads<Assignment>("An assignment")
            .For(Right.Read(Resource.Assignment));

    /// <summary>One assignment; null when there is none for this reader.</summary>
    public static async Task<Assignment?> AssignmentAsync(this IMediator mediator, View view, string key, CancellationToken ct) =>
        (await mediator.Send(new ListAssignments.Query(view, 1) { Key = key }, ct)).SingleOrDefault();
}
