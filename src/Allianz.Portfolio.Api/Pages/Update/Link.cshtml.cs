using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Api.UseCases.UpdateLinks;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What the page of an update link shows.</summary>
internal enum LinkPage
{
    Form,
    Done,
    Unknown,
    Used,
    Revoked,
    Expired,
    NotYet,
    Closed,
    NoPart,
}

/// <summary>One status update by whoever holds the link. Looking changes nothing; sending the form uses the link up.</summary>
[Right(Act.Read, Resource.UpdateForm)]
[Limited(Limit.Links)]
internal sealed class LinkModel(IMediator mediator, AuditLog audit, RateLimits limits, TimeProvider clock) : PageModel
{
    [BindProperty]
    public StatusForm Form { get; set; } = new();

    public LinkPage Shows { get; private set; }

    /// <summary>When the link was used or expired.</summary>
    public DateTimeOffset? At { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await OpenAsync(ct) is { } link && await PrepareAsync(link, ct) is { } about)
        {
            await audit.WriteAsync(AuditEvent.LinkOpened, HttpContext, null, Actor(link), null, ct);
            Form = StatusForm.Of(about);
        }
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? action, CancellationToken ct)
    {
        if (await OpenAsync(ct) is not { } link || await PrepareAsync(link, ct) is not { } about)
        {
            return Page();
        }
        if (Form.For(about).Read(action) is { } update)
        {
            try
            {
                var command = new CreateStatusUpdate.Command(CallerOf(link), link.Project, update) { Last = new Precondition([Form.Seen]) };
                await mediator.Send(command, ct);
                limits.Succeeded(HttpContext);
                (Shows, At) = (LinkPage.Done, clock.GetUtcNow());
                return Page();
            }
            catch (Problem problem)
            {
                // What it objects to may be that somebody else was quicker, or that something ended just now.
                if (await OpenAsync(ct) is not { } still || await PrepareAsync(still, ct) is not { } now)
                {
                    return Page();
                }
                Form.For(now).Add(problem);
            }
        }
        else if (Form.Meanwhile is not null && await OpenAsync(ct) is null)
        {
            // What was reported meanwhile used up this link.
            return Page();
        }
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private static string Actor(UpdateLinkRow link) => "link:" + link.Key;

    private static Caller CallerOf(UpdateLinkRow link) =>
        new(Actor(link), Role.PartnerEditor, link.Partner) { Only = new OneUpdate(link.Id, link.Project, link.Cycle) };

    // Nobody stores this page or finds it.
    private async Task<UpdateLinkRow?> OpenAsync(CancellationToken ct)
    {
        Response.OnStarting(() =>
        {
            Response.Headers.CacheControl = "no-store";
            Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
            return Task.CompletedTask;
        });
        var link = SecretPaths.Of(HttpContext) is { } secret ? await mediator.Send(new OpenUpdateLink.Query(secret), ct) : null;
        (Shows, At) = link?.StateAt(clock.GetUtcNow()) switch
        {
            null => (LinkPage.Unknown, null),
            UpdateLinkState.Used => (LinkPage.Used, link.UsedAt),
            UpdateLinkState.Revoked => (LinkPage.Revoked, null),
            UpdateLinkState.Expired => (LinkPage.Expired, link.ExpiresAt),
            _ => (LinkPage.Form, (DateTimeOffset?)null),
        };
        if (Shows == LinkPage.Form)
        {
            return link;
        }
        Response.StatusCode = Shows == LinkPage.Unknown ? StatusCodes.Status404NotFound : StatusCodes.Status410Gone;
        await audit.WriteAsync(AuditEvent.LinkRefused, HttpContext, null, link is null ? null : Actor(link), null, ct);
        return null;
    }

    private async Task<StatusPreparation?> PrepareAsync(UpdateLinkRow link, CancellationToken ct)
    {
        var view = CallerOf(link).ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        var about = await mediator.Send(new PrepareStatusUpdate.Query(view, link.Project, link.Partner, link.Cycle), ct);
        Shows =
            about is not { MayReport: true, Cycle: { } cycle } ? LinkPage.NoPart
            : about.Day < cycle.OpensOn ? LinkPage.NotYet
            : about.Day > cycle.ClosesOn ? LinkPage.Closed
            : LinkPage.Form;
        if (Shows == LinkPage.Form)
        {
            return about;
        }
        At = Shows == LinkPage.NotYet ? Berlin.StartOf(about!.Cycle!.OpensOn) : null;
        Response.StatusCode = StatusCodes.Status409Conflict;
        return null;
    }
}
