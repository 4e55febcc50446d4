using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The first administrator, by a link that the program printed.</summary>
[Right(Act.Read, Resource.SignIn)]
[Limited(Limit.Links)]
internal sealed class SetupModel(
    IMediator mediator,
    PortfolioDatabase database,
    PortfolioUsers users,
    Sessions sessions,
    AuditLog audit,
    TimeProvider clock
) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public string? Link { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Valid { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await IsValidAsync(ct) ? Page() : Void();

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "again")] string? again, CancellationToken ct)
    {
        if (!await IsValidAsync(ct))
        {
            return Void();
        }
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 200)
        {
            Wrong("name", "Geben Sie Ihre Funktion mit höchstens 200 Zeichen an.");
        }
        if (!MailAddress.IsValid(Email?.Trim()))
        {
            Wrong("email", "Geben Sie eine E-Mail-Adresse ein, zum Beispiel portfolio@example.org.");
        }
        CheckPassword(Password, again, Name ?? "", Email ?? "");
        if (Errors.Count > 0)
        {
            return Again();
        }
        var input = new NewAccount
        {
            Name = Name!.Trim(),
            Email = Email!.Trim(),
            Role = Role.Administrator,
        };
        try
        {
            if (
                !await TryAsync(
                    () => mediator.Send(new SetUpAdministrator.Command(Link, input, Password!), ct),
                    _ => new InputError("email", "Zu dieser E-Mail-Adresse gibt es schon einen Zugang.")
                )
            )
            {
                return Again();
            }
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status404NotFound)
        {
            Valid = false;
            return Void();
        }
        var account = (await users.FindByNameAsync(input.Email!))!;
        await audit.WriteAsync(AuditEvent.InvitationUsed, HttpContext, account.Actor, account.Actor, "setup", ct);
        await sessions.SignInAsync(HttpContext, account, "password", strong: false, ct);
        return LocalRedirect("~/account");
    }

    private async Task<bool> IsValidAsync(CancellationToken ct)
    {
        await using var session = await database.OpenAsync(ct);
        return Valid = await OneTimeLinks.IsSetupAsync(session, Link, clock.GetUtcNow(), ct);
    }

    private IActionResult Void()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}
