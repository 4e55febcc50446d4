using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>
/// Hashes passwords composed (NFC): an ä is one character on one keyboard and two on another. What was hashed as it was typed, before this
/// was so, is still right when it is typed so again, and is then hashed anew.
/// </summary>
internal sealed class ComposedPasswords(IOptions<PasswordHasherOptions> options) : PasswordHasher<Account>(options)
{
    /// <summary>As it is hashed. Half a character cannot be composed and stays.</summary>
    public static string Compose(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return password;
        }
    }

    public override string HashPassword(Account user, string password) => base.HashPassword(user, Compose(password));

    public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        var composed = Compose(providedPassword);
        var result = base.VerifyHashedPassword(user, hashedPassword, composed);
        return
            result != PasswordVerificationResult.Failed
            || composed == providedPassword
            || base.VerifyHashedPassword(user, hashedPassword, providedPassword) == PasswordVerificationResult.Failed
            ? result
            : PasswordVerificationResult.SuccessRehashNeeded;
    }
}
