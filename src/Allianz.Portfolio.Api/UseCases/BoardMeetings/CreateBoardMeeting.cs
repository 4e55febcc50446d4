using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.BoardMeetings;

/// <summary>A new meeting of the board.</summary>
public sealed record NewBoardMeeting
{
    /// <summary>Permanent, readable key; the day of the meeting when not given. It is never given twice.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>Whether a reporting cycle prepares it; <c>true</c> when not given. Its days lie the configured working days ahead.</summary>
    public bool Cycle { get; init; } = true;

    /// <summary>The body that meets; <c>Verwaltungsvorstand</c> when not given.</summary>
    [Required, Text(200)]
    public string Body { get; init; } = BoardMeeting.DefaultBody;

    /// <summary>When.</summary>
    public required DateOnly MeetingOn { get; init; }

    /// <summary>Where.</summary>
    [Text(200)]
    public string? Place { get; init; }

    /// <summary>Invented for demonstration (German: Beispieldaten).</summary>
    public bool Sample { get; init; }

    internal static NewBoardMeeting Example => new() { MeetingOn = new(2026, 12, 8), Place = "Rathaus, Friedensplatz 1" };
}

internal static class CreateBoardMeeting
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/board-meetings",
                (WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync<BoardMeeting>(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewBoardMeeting>()), ct),
                        async (view, key) => await Kinds.BoardMeetings.Kind.ReadAsync(mediator, view, null, key, ct)
                    )
            )
            .Creates<NewBoardMeeting, BoardMeeting>(Kinds.BoardMeetings.Kind.Summaries.Create)
            .For(Right.Create(Resource.BoardMeeting));

    public sealed record Command(Caller Caller, NewBoardMeeting Meeting) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, IOptionsMonitor<CycleLeadTimes> leadTimes) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, meeting) = request;
            meeting.Validate();
            var day = meeting.MeetingOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return await ledger.WriteAsync(
                caller,
                "createBoardMeeting",
                state => state.NewKeyAsync<BoardMeeting>(meeting.Key, day, "sitzung", cancellationToken),
                async (revision, key) =>
                {
                    var row = new BoardMeeting
                    {
                        Key = key,
                        Body = meeting.Body,
                        MeetingOn = meeting.MeetingOn,
                        Place = meeting.Place,
                        Sample = meeting.Sample,
                    };
                    await revision.InsertAsync(row, null, cancellationToken);
                    if (meeting.Cycle)
                    {
                        var cycle = await revision.FreeKeyAsync<ReportingCycle>($"sitzung-{day}", cancellationToken);
                        await revision.InsertAsync(MeetingCycle.Of(row, cycle, leadTimes.CurrentValue), null, cancellationToken);
                    }
                    return key;
                },
                cancellationToken
            );
        }
    }
}
