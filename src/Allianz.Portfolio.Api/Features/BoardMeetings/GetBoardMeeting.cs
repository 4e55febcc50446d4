using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.BoardMeetings;

internal static class GetBoardMeeting
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/board-meetings/{meeting}",
                async (string meeting, Reading read, IMediator mediator, CancellationToken ct) =>
                    await mediator.BoardMeetingAsync(read.View, meeting, ct) ?? throw Problem.NotFound("board meeting", meeting)
            )
            .Reads<BoardMeeting>("A meeting of the board")
            .For(Right.Read(Resource.BoardMeeting));
}
