using System.Text;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using QRCoder;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>
/// Sets up the authenticator app. The key is made for the page and comes back with its form, encrypted and for this account alone; it
/// counts when a code has shown that the app has it.
/// </summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class SecondFactorModel(
    PortfolioUsers users,
    Sessions sessions,
    PortfolioDatabase database,
    Outbox outbox,
    AuditLog audit,
    IDataProtectionProvider protection
) : FormPage
{
    private const string Issuer = "Projektportfolio Allianz Smart City Dortmund";

    private string _secret = "";

    [BindProperty]
    public string? Key { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Of the app that is set up already.</summary>
    [BindProperty]
    public string? Old { get; set; }

    public Account Me { get; private set; } = null!;

    public bool MustSetUp { get; private set; }

    /// <summary>New recovery codes, to be shown this once.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    /// <summary>The key for typing, in groups of four.</summary>
    public string TypedKey => string.Join(' ', _secret.Chunk(4).Select(c => new string(c)));

    /// <summary>The key as a picture, within the page.</summary>
    public string Picture
    {
        get
        {
            var address = Totp.Address(_secret, Issuer, Me.Email.Length > 0 ? Me.Email : Me.Name);
            using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(data);
            return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(svg.GetGraphic(4)));
        }
    }

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (HttpContext.SignedIn() is not { } signedIn || await users.FindByIdAsync(signedIn.Account.Id.ToString()) is not { } me)
        {
            context.Result = SignInFirst();
            return;
        }
        if (me.Demo)
        {
            context.Result = NotFound();
            return;
        }
        Me = me;
        MustSetUp = signedIn.MustSetUp;
        await next();
    }

    public void OnGet() => NewKey();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!TakeKey())
        {
            NewKey();
            Wrong("code", "Die Seite war zu lange offen. Lesen Sie das neue Bild ein.");
            return Again();
        }
        if (string.IsNullOrWhiteSpace(Code))
        {
            Wrong("code", "Geben Sie den Code ein, den die App zeigt.");
        }
        if (Errors.Count == 0 && Me.TwoFactorEnabled && !await HasSecondFactorAsync(Old, ct))
        {
            Wrong("old", "Dieser Code gilt nicht. Jeder Code gilt nur ein Mal; warten Sie auf den nächsten.");
        }
        if (Errors.Count == 0 && !await users.EnableTwoFactorAsync(Me, _secret, Code!))
        {
            Wrong("code", "Dieser Code passt nicht. Prüfen Sie, ob die Uhr des Telefons richtig geht, und nehmen Sie den nächsten.");
        }
        if (Errors.Count > 0)
        {
            return Again();
        }
        await database.WriteAsync(
            async session =>
            {
                await audit.WriteAsync(session, AuditEvent.SecondFactorSet, HttpContext, Me.Actor, Me.Actor, null, ct);
                await AccountLetters.ChangedAsync(
                    session,
                    outbox,
                    Me,
                    "für Ihren Zugang zum Projektportfolio wurde ein zweiter Faktor eingerichtet.",
                    ct
                );
            },
            ct
        );
        outbox.SendSoon();
        await sessions.SignInAsync(HttpContext, Me, HttpContext.SignedIn()!.How, strong: true, ct);
        return await ShowCodesAsync(ct);
    }

    public async Task<IActionResult> OnPostCodesAsync(string? current, CancellationToken ct)
    {
        if (!Me.TwoFactorEnabled || !await users.UseCodeAsync(HttpContext, Me, current ?? "", ct))
        {
            NewKey();
            Wrong("current", "Dieser Code gilt nicht. Jeder Code gilt nur ein Mal; warten Sie auf den nächsten.");
            return Again();
        }
        return await ShowCodesAsync(ct);
    }

    private async Task<IActionResult> ShowCodesAsync(CancellationToken ct)
    {
        Codes = await users.NewRecoveryCodesAsync(Me, ct);
        await database.WriteAsync(
            async session =>
            {
                await audit.WriteAsync(session, AuditEvent.RecoveryCodesMade, HttpContext, Me.Actor, Me.Actor, null, ct);
                await AccountLetters.ChangedAsync(
                    session,
                    outbox,
                    Me,
                    "für Ihren Zugang zum Projektportfolio wurden neue Wiederherstellungscodes erzeugt. Die bisherigen gelten nicht mehr.",
                    ct
                );
            },
            ct
        );
        outbox.SendSoon();
        return Page();
    }

    private async Task<bool> HasSecondFactorAsync(string? code, CancellationToken ct) =>
        code?.Count(char.IsAsciiLetterOrDigit) > 6
            ? await users.UseRecoveryCodeAsync(Me, code, ct)
            : await users.UseCodeAsync(HttpContext, Me, code ?? "", ct);

    private void NewKey()
    {
        _secret = Totp.NewKey();
        Key = Protector().Protect(_secret);
    }

    private bool TakeKey()
    {
        try
        {
            _secret = Protector().Unprotect(Key ?? "");
            return true;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }

    // A form that somebody else made, or one from before the last change of this account, is of no use.
    private IDataProtector Protector() =>
        protection.CreateProtector("Allianz.Portfolio.NewSecondFactor", Me.Id.ToString(), Me.SecurityStamp);
}
