using System.Text;
using Allianz.Portfolio.Api.Security.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Tests.Security.Accounts;

public class ComposedPasswordsTests
{
    private const string Composed = "zwölf Enten am Phönixsee";

    private static readonly string _taken = Composed.Normalize(NormalizationForm.FormD);
    private static readonly IOptions<PasswordHasherOptions> _quick = Options.Create(new PasswordHasherOptions { IterationCount = 1000 });
    private static readonly ComposedPasswords _passwords = new(_quick);
    private static readonly Account _account = new();

    [Test]
    public void A_password_is_the_same_however_its_letters_were_typed()
    {
        foreach (var hash in new[] { _passwords.HashPassword(_account, Composed), _passwords.HashPassword(_account, _taken) })
        {
            Assert.That(_passwords.VerifyHashedPassword(_account, hash, Composed), Is.EqualTo(PasswordVerificationResult.Success));
            Assert.That(_passwords.VerifyHashedPassword(_account, hash, _taken), Is.EqualTo(PasswordVerificationResult.Success));
            Assert.That(
                _passwords.VerifyHashedPassword(_account, hash, "zwolf Enten am Phonixsee"),
                Is.EqualTo(PasswordVerificationResult.Failed)
            );
        }
    }

    [Test]
    public void One_that_was_hashed_as_typed_goes_on_working_and_is_hashed_anew()
    {
        var old = new PasswordHasher<Account>(_quick);

        Assert.That(
            _passwords.VerifyHashedPassword(_account, old.HashPassword(_account, _taken), _taken),
            Is.EqualTo(PasswordVerificationResult.SuccessRehashNeeded)
        );
        Assert.That(
            _passwords.VerifyHashedPassword(_account, old.HashPassword(_account, Composed), _taken),
            Is.EqualTo(PasswordVerificationResult.Success)
        );
        Assert.That(
            _passwords.VerifyHashedPassword(_account, old.HashPassword(_account, "kein\ufffe Zeichen"), "kein\ufffe Zeichen"),
            Is.EqualTo(PasswordVerificationResult.Success)
        );
    }

    [Test]
    public void Length_counts_composed_letters() =>
        Assert.That(
            PasswordRules.Wrong("äöüäöüäöü".Normalize(NormalizationForm.FormD), "x", "y@example.org"),
            Does.Contain("hat 9 Zeichen")
        );
}
