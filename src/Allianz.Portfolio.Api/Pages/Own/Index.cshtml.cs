using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.OpenId;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What belongs to the person who is signed in.</summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class AccountModel(
    IMediator mediator,
    PortfolioUsers users,
    Sessions sessions,
    PortfolioDatabase database,
    Outbox outbox,
    AuditLog audit,
    OpenIdProviders providers,
    TimeProvider clock
) : FormPage
{
    [BindProperty]
    public string? Current { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public Account Me { get; private set; } = null!;

    /// <summary>How many are left.</summary>
    public int RecoveryCodes { get; private set; }

    /// <summary>How many projects the person follows, of those that it may see.</summary>
    public int Follows { get; private set; }

    /// <summary>Where the person is signed in, the newest first.</summary>
    public IReadOnlyList<OpenSession> Sessions { get; private set; } = [];

    /// <summary>Whether it is the one that looks.</summary>
    public bool IsThis(OpenSession session) => session.Id == HttpContext.SignedIn()!.Session;

    /// <summary>By what it began, in German.</summary>
    public string How(OpenSession session) =>
        OpenIdProvider.NameIn(session.How) is { } name ? $"über „{providers.Find(name)?.Settings.Title ?? name}“"
        : session.How == "demo" ? "ohne Passwort (Demo)"
        : "mit Passwort";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (HttpContext.SignedIn() is not { } signedIn || await users.FindByIdAsync(signedIn.Account.Id.ToString()) is not { } me)
        {
            context.Result = SignInFirst();
            return;
        }
        Me = me;
        Sessions = await sessions.OfAsync(me, HttpContext.RequestAborted);
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        Follows = (await mediator.Send(new ListFollows.Query(view, me.Id), HttpContext.RequestAborted)).Count;
        RecoveryCodes = await users.CountRecoveryCodesAsync(me, HttpContext.RequestAborted);
        await next();
    }

    public async Task<IActionResult> OnPostPasswordAsync([FromForm(Name = "again")] string? again, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(Current))
        {
            Wrong("current", "Geben Sie Ihr bisheriges Passwort ein.");
        }
        CheckPassword(Password, again, Me.Name, Me.Email);
        if (Errors.Count == 0 && !await users.HasPasswordAsync(Me, Current!, ct))
        {
            await users.FailedAsync(AuditEvent.SignInFailed, HttpContext, Me.Email, ct);
            Wrong("current", "Das ist nicht Ihr bisheriges Passwort, oder es waren zu viele Versuche.");
        }
        if (Errors.Count > 0)
        {
            return Again();
        }
        if (!await users.SetPasswordAsync(Me, Password!))
        {
            Wrong("", "Ihr Zugang wurde gerade an anderer Stelle geändert. Versuchen Sie es noch einmal.");
            return Again();
        }
        await database.WriteAsync(
            async session =>
            {
                await audit.WriteAsync(session, AuditEvent.PasswordChanged, HttpContext, Me.Actor, Me.Actor, null, ct);
                await AccountLetters.ChangedAsync(
                    session,
                    outbox,
                    Me,
                    "das Passwort Ihres Zugangs zum Projektportfolio wurde geändert.",
                    ct
                );
            },
            ct
        );
        outbox.SendSoon();
        var signedIn = HttpContext.SignedIn()!;
        await sessions.SignInAsync(HttpContext, Me, signedIn.How, signedIn.Strong, ct);
        Done = "Ihr Passwort ist geändert. An anderen Geräten sind Sie abgemeldet.";
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEndAsync([FromForm(Name = "session")] Guid session, CancellationToken ct)
    {
        await sessions.EndAsync(HttpContext, Me, session, ct);
        Done = "Die Anmeldung ist beendet.";
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEverywhereAsync(CancellationToken ct)
    {
        await sessions.EndAllAsync(Me, ct);
        await audit.WriteAsync(AuditEvent.SignedOutEverywhere, HttpContext, Me.Actor, Me.Actor, null, ct);
        await HttpContext.SignOutAsync(Security.SignIn.Sessions.SchemeName);
        return LocalRedirect("~/");
    }
}
