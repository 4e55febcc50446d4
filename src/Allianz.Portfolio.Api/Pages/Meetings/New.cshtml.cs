using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.BoardMeetings;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Adds a meeting of the board, with the reporting cycle that prepares it.</summary>
[Right(Act.Create, Resource.BoardMeeting)]
internal sealed class NewMeetingModel(IMediator mediator, TimeProvider clock) : MeetingForm
{
    [BindProperty]
    public string? Cycle { get; set; } = "true";

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Day is not { } day)
        {
            Wrong("on", "Geben Sie den Tag der Sitzung an.");
            return Again();
        }
        // A slip in the year would make everybody late at once.
        if (day < Berlin.DayOf(clock.GetUtcNow()))
        {
            Wrong("on", "Der Tag liegt in der Vergangenheit. Frühere Sitzungen trägt man über die Schnittstelle nach.");
            return Again();
        }
        var meeting = new NewBoardMeeting
        {
            MeetingOn = day,
            Body = Body?.Trim() ?? "",
            Place = string.IsNullOrWhiteSpace(Place) ? null : Place.Trim(),
            Cycle = Cycle == "true",
        };
        Written? written = null;
        if (
            !await TryAsync(
                async () => written = await mediator.Send(new CreateBoardMeeting.Command(HttpContext.Caller(), meeting), ct),
                Said
            )
        )
        {
            return Again();
        }
        Done = "Die Sitzung ist eingetragen.";
        return RedirectToPage("/Meetings/Meeting", new { meeting = written!.Key });
    }
}
