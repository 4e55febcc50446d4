using System.Globalization;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Changes or moves a meeting of the board.</summary>
[Right(Act.Change, Resource.BoardMeeting)]
internal sealed class EditMeetingModel(IMediator mediator, TimeProvider clock) : MeetingForm
{
    /// <summary>The one that the form was filled in for.</summary>
    [BindProperty]
    public long Revision { get; set; }

    public BoardMeeting Meeting { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        var asked = new Get<BoardMeeting>(view, (string)RouteData.Values["meeting"]!);
        if (await mediator.Send(asked, HttpContext.RequestAborted) is not { } meeting)
        {
            context.Result = NotFound();
            return;
        }
        Meeting = meeting;
        await next();
    }

    public void OnGet()
    {
        On = Meeting.MeetingOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (Body, Place, Revision) = (Meeting.Body, Meeting.Place, Meeting.Revision);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Day is not { } day)
        {
            Wrong("on", "Geben Sie den Tag der Sitzung an.");
            return Again();
        }
        var patch = new JsonObject
        {
            ["meetingOn"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["body"] = Body?.Trim() ?? "",
            ["place"] = string.IsNullOrWhiteSpace(Place) ? null : Place.Trim(),
        };
        var command = new Change<BoardMeeting>(HttpContext.Caller(), null, Meeting.Key, new Precondition([Revision]), patch);
        if (!await TryAsync(() => mediator.Send(command, ct), Said))
        {
            return Again();
        }
        Done = "Gespeichert.";
        return RedirectToPage("/Meetings/Meeting", new { meeting = Meeting.Key });
    }
}
