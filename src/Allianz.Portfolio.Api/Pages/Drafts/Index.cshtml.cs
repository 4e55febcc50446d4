using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The reports that are being prepared, and those that were issued.</summary>
[Right(Act.Read, Resource.ReportDraft)]
internal sealed class DraftsModel(IMediator mediator, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<ReportDraft> Drafts { get; private set; } = [];

    /// <summary>The meetings that they are for, by their keys.</summary>
    public IReadOnlyDictionary<string, BoardMeeting> Meetings { get; private set; } = new Dictionary<string, BoardMeeting>();

    /// <summary>Where the next page begins.</summary>
    public string? Next { get; private set; }

    /// <summary>What was done just now.</summary>
    [TempData]
    public string? Done { get; set; }

    public async Task OnGetAsync([FromQuery] string? after, CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        var drafts = await mediator.Send(
            new ListPage<ReportDraft>(view, PerPage + 1, after is null ? null : new Position("", after, after)),
            ct
        );
        Drafts = [.. drafts.Take(PerPage)];
        Meetings = await mediator.MeetingsAsync(view, Drafts.Select(d => d.Meeting), ct);
        Next = drafts.Count > PerPage ? Drafts[^1].Key : null;
    }
}
