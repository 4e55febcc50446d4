using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>Letters to people who have an account, in the transaction of what they tell.</summary>
internal static class AccountLetters
{
    /// <summary>Invites the person to choose a password; an older invitation ends. Nobody is invited who cannot sign in.</summary>
    public static async Task InviteAsync(
        Session session,
        Outbox outbox,
        PublicAddress address,
        AccountOptions options,
        Account account,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (!account.Active || account.Demo || account.Email.Length == 0)
        {
            return;
        }
        var lasts = TimeSpan.FromDays(options.InvitationDays);
        var secret = await OneTimeLinks.MakeAsync(session, LinkPurpose.Invitation, account, now, lasts, ct);
        var letter = new LetterParts
        {
            Subject = "Ihr Zugang zum Projektportfolio der Allianz Smart City Dortmund",
            Paragraphs =
            [
                $"für Sie wurde ein Zugang zum Projektportfolio der Allianz Smart City Dortmund eingerichtet: {account.Name}.",
                "Bitte legen Sie ein Passwort fest. Danach melden Sie sich mit dieser E-Mail-Adresse an.",
            ],
            Action = new LetterAction("Passwort festlegen", address.Of("invitation?link=" + secret)),
            Remarks =
            [
                $"Der Link gilt bis {German.Date(Berlin.DayOf(now + lasts))} und nur ein Mal. Ist er abgelaufen, schickt Ihnen die Administration einen neuen.",
                "Wenn Sie mit dieser Nachricht nichts anfangen können, löschen Sie sie bitte.",
            ],
        };
        await outbox.PutAsync(session, letter.To(account.Email), ct);
    }

    /// <summary>Lets the person set a new password; an older link for that ends.</summary>
    public static async Task ForgottenAsync(
        Session session,
        Outbox outbox,
        PublicAddress address,
        Account account,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var secret = await OneTimeLinks.MakeAsync(session, LinkPurpose.Password, account, now, OneTimeLinks.PasswordLasts, ct);
        var letter = new LetterParts
        {
            Subject = "Neues Passwort für das Projektportfolio",
            Paragraphs = ["für Ihren Zugang zum Projektportfolio der Allianz Smart City Dortmund wurde ein neues Passwort angefordert."],
            Action = new LetterAction("Neues Passwort festlegen", address.Of("reset-password?link=" + secret)),
            Remarks =
            [
                "Der Link gilt eine Stunde und nur ein Mal.",
                "Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.",
            ],
        };
        await outbox.PutAsync(session, letter.To(account.Email), ct);
    }

    /// <summary>Tells the person what was changed that protects the account, so that nobody else changes it unnoticed.</summary>
    /// <param name="what">A whole sentence.</param>
    public static Task ChangedAsync(Session session, Outbox outbox, Account account, string what, CancellationToken ct) =>
        account.Demo || account.Email.Length == 0
            ? Task.CompletedTask
            : outbox.PutAsync(
                session,
                new LetterParts
                {
                    Subject = "Ihr Zugang zum Projektportfolio wurde geändert",
                    Paragraphs = [what],
                    Remarks = ["Wenn Sie das nicht waren, melden Sie sich bitte sofort bei der Administration des Projektportfolios."],
                }.To(account.Email),
                ct
            );

    /// <summary>Tells the person that a code of the authenticator app, which counts once, was given again.</summary>
    public static Task CodeUsedAgainAsync(Session session, Outbox outbox, Account account, CancellationToken ct) =>
        account.Demo || account.Email.Length == 0
            ? Task.CompletedTask
            : outbox.PutAsync(
                session,
                new LetterParts
                {
                    Subject = "Ein Code für Ihren Zugang zum Projektportfolio wurde zweimal eingegeben",
                    Paragraphs =
                    [
                        "für Ihren Zugang zum Projektportfolio wurde ein Code Ihrer Authenticator-App eingegeben, der schon benutzt war. Jeder Code gilt nur ein Mal; deshalb wurde er abgewiesen.",
                    ],
                    Remarks =
                    [
                        "Wenn Sie das selbst waren, etwa weil Sie ein Formular doppelt abgeschickt haben, brauchen Sie nichts zu tun.",
                        "Wenn Sie das nicht waren, kennt vielleicht jemand Ihr Passwort und hat den Code mitgelesen. Ändern Sie dann bitte sofort Ihr Passwort, und melden Sie sich bei der Administration des Projektportfolios.",
                    ],
                }.To(account.Email),
                ct
            );
}
