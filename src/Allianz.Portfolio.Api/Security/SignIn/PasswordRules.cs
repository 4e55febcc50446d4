using System.Reflection;
using System.Text;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Identity;

namespace Allianz.Portfolio.Api.Security.SignIn;

/// <summary>
/// Rules for passwords as the BSI advises: length counts, no kinds of characters are demanded, and what everybody tries first is refused.
/// The list in <c>common-passwords.txt</c> says where it comes from.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    public const int Shortest = 12;

    /// <summary>Room for any sentence, and a bound for who sends a book.</summary>
    public const int Longest = 128;

    /// <summary>Of PBKDF2 with HMAC-SHA512, as OWASP advises (Password Storage Cheat Sheet).</summary>
    public const int Iterations = 210_000;

    private static readonly string[] _program = ["allianzportfolio", "projektportfolio", "allianzsmartcity", "smartcitydortmund"];

    private static readonly char[] _digits = [.. "0123456789"];

    private static readonly Lazy<HashSet<string>> _common = new(Read);

    /// <summary>Identity's own rules demand nothing but the length.</summary>
    public static PasswordOptions OfIdentity =>
        new()
        {
            RequiredLength = Shortest,
            RequireDigit = false,
            RequireLowercase = false,
            RequireUppercase = false,
            RequireNonAlphanumeric = false,
            RequiredUniqueChars = 1,
        };

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(
            Wrong(password ?? "", user.Name, user.Email) is { } wrong
                ? IdentityResult.Failed(new IdentityError { Code = "Password", Description = wrong })
                : IdentityResult.Success
        );

    /// <summary>What is wrong with a password, in German, or null.</summary>
    public static string? Wrong(string password, string name, string email)
    {
        password = ComposedPasswords.Compose(password);
        // Every character counts once, however many units it has.
        var length = password.EnumerateRunes().Count();
        if (length < Shortest)
        {
            return $"Das Passwort hat {length} Zeichen und braucht mindestens {Shortest}. Ein kurzer Satz ist leicht zu merken.";
        }
        if (length > Longest)
        {
            return $"Das Passwort hat höchstens {Longest} Zeichen.";
        }
        var folded = Fold(password);
        if (Own(name, email).Any(word => folded.Contains(word, StringComparison.Ordinal)))
        {
            return "Das Passwort enthält Ihren Namen oder Ihre E-Mail-Adresse. Das wird als Erstes probiert.";
        }
        if (_program.Any(word => folded.Contains(word, StringComparison.Ordinal)))
        {
            return "Das Passwort enthält den Namen dieser Anwendung. Das wird als Erstes probiert.";
        }
        return IsCommon(password, folded)
            ? "Dieses Passwort ist zu leicht zu erraten. Nehmen Sie mehrere Wörter, die nicht zusammengehören."
            : null;
    }

    private static IEnumerable<string> Own(string name, string email) =>
        name.Split([' ', '-', '.', ',', '/', '(', ')'])
            .Concat(email.Split('@')[0].Split('.', '-', '_', '+'))
            .Append(email)
            .Append(name)
            .Select(Fold)
            .Where(word => word.Length >= 4);

    private static bool IsCommon(string password, string folded)
    {
        if (password.EnumerateRunes().Distinct().Count() <= 4)
        {
            return true;
        }
        if (folded.Length == 0)
        {
            return false;
        }
        var letters = folded.Trim(_digits);
        return new[] { folded, letters, Unit(letters), Plain(folded), Plain(letters) }.Any(_common.Value.Contains)
            || Unit(folded).Length <= 4
            || Runs(folded);
    }

    // Digits that people put for letters, read as those.
    private static string Plain(string text) =>
        text.Replace('0', 'o').Replace('1', 'i').Replace('3', 'e').Replace('4', 'a').Replace('5', 's').Replace('7', 't');

    // The shortest piece that the whole is a repetition of: "abcabcab" is made of "abc".
    private static string Unit(string text)
    {
        for (var length = 1; length < text.Length; length++)
        {
            var fits = true;
            for (var i = length; fits && i < text.Length; i++)
            {
                fits = text[i] == text[i - length];
            }
            if (fits)
            {
                return text[..length];
            }
        }
        return text;
    }

    // Neighbours in the alphabet, among the digits or on the keyboard, forwards or backwards, make up most of it.
    private static bool Runs(string text)
    {
        string[] rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm"];
        var neighbours = 0;
        for (var i = 1; i < text.Length; i++)
        {
            var (a, b) = (text.Substring(i - 1, 2), $"{text[i]}{text[i - 1]}");
            if (a[0] == a[1] || rows.Any(row => row.Contains(a, StringComparison.Ordinal) || row.Contains(b, StringComparison.Ordinal)))
            {
                neighbours++;
            }
        }
        return neighbours >= (text.Length - 1) * 0.7 && text.Length > 4;
    }

    // Lower case letters and digits, with the signs that people put for letters read as those: "P@$$wort" is "passwort".
    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in SortText.Of(text))
        {
            var read = letter switch
            {
                '@' => 'a',
                '$' => 's',
                _ => letter,
            };
            if (char.IsLetterOrDigit(read))
            {
                folded.Append(read);
            }
        }
        return folded.ToString();
    }

    private static HashSet<string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length > 0 && line[0] != '#').Select(Fold),
        ];
    }
}
