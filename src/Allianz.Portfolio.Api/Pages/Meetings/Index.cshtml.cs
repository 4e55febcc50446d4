using System.Globalization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The meetings of the board from a day on; from a year ago when none is named.</summary>
[Right(Act.Read, Resource.BoardMeeting)]
internal sealed class MeetingsModel(IMediator mediator, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<BoardMeeting> Meetings { get; private set; } = [];

    /// <summary>The last one when there are more after it: where the next page begins.</summary>
    public BoardMeeting? Next { get; private set; }

    /// <summary>What was done just now.</summary>
    [TempData]
    public string? Done { get; set; }

    /// <param name="from">Day of the last meeting of the page before.</param>
    /// <param name="after">Its key.</param>
    /// <param name="ct">Cancels.</param>
    public async Task OnGetAsync([FromQuery] DateOnly? from, [FromQuery] string? after, CancellationToken ct)
    {
        var today = Berlin.DayOf(clock.GetUtcNow());
        var begin = (from ?? today.AddYears(-1)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var behind = new Position("", begin, after is not null && Keys.IsValid(after) ? after : "0");
        var meetings = await mediator.Send(new ListPage<BoardMeeting>(HttpContext.Caller().ViewAt(today), PerPage + 1, behind), ct);
        Meetings = [.. meetings.Take(PerPage)];
        Next = meetings.Count > PerPage ? Meetings[^1] : null;
    }
}
