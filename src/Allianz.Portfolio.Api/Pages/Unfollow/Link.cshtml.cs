using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// Stops the weekly digest for whoever holds a link out of one, without signing in. Looking changes nothing, since mail scanners look. Programs
/// for mail stop all of it by the POST of RFC 8058, which carries no token of a form: the secret in the address is what proves that it is meant.
/// </summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.Links)]
[IgnoreAntiforgeryToken]
internal sealed class UnfollowModel(IMediator mediator, AuditLog audit, RateLimits limits, IAntiforgery antiforgery, TimeProvider clock)
    : FormPage
{
    /// <summary>The link leads somewhere.</summary>
    public bool Known { get; private set; }

    /// <summary>What was stopped just now, for the person; for this answer only.</summary>
    public string? Stopped { get; private set; }

    /// <summary>What is followed still, as far as the person may see it today.</summary>
    public IReadOnlyList<Followed> Followed { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await OpenAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(
        string? project,
        [FromForm(Name = "List-Unsubscribe")] string? unsubscribe,
        CancellationToken ct
    )
    {
        var oneClick = unsubscribe == "One-Click";
        if (!oneClick)
        {
            try
            {
                await antiforgery.ValidateRequestAsync(HttpContext);
            }
            catch (AntiforgeryValidationException)
            {
                return BadRequest();
            }
        }
        if (await FindAsync(ct) is { } account)
        {
            await mediator.Send(new StopFollowing.Command(account.Id, oneClick ? null : project), ct);
            limits.Succeeded(HttpContext);
            Stopped = oneClick || project is null ? "Sie bekommen keine Wochenübersicht mehr." : "Sie folgen dem Projekt nicht mehr.";
        }
        // No redirect: programs for mail follow none.
        await OpenAsync(ct);
        return Page();
    }

    private Task<Account?> FindAsync(CancellationToken ct) =>
        SecretPaths.Of(HttpContext) is { } secret ? mediator.Send(new OpenDigestLink.Query(secret), ct) : Task.FromResult<Account?>(null);

    private async Task OpenAsync(CancellationToken ct)
    {
        Response.Headers["X-Robots-Tag"] = "noindex, nofollow";
        if (await FindAsync(ct) is not { } account)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            await audit.WriteAsync(AuditEvent.LinkRefused, HttpContext, null, null, null, ct);
            return;
        }
        Known = true;
        // Whose account was closed sees nothing here, and can stop everything all the same.
        var caller = account.Active ? new Caller(account.Actor, account.Role, account.Partner) : Caller.Anonymous;
        Followed = await mediator.Send(new ListFollows.Query(caller.ViewAt(Berlin.DayOf(clock.GetUtcNow())), account.Id), ct);
    }
}
