using System.Text;
using CsCheck;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>What nobody sends who means well: for every place that takes bytes from outside.</summary>
internal static class Hostile
{
    /// <summary>Texts that broke something somewhere. None of them may show up as something else than itself.</summary>
    public static readonly string[] Texts =
    [
        "",
        " ",
        "\0",
        "a\0b",
        "\r\nX-Injected: 1",
        "\u001b[31m",
        "\u0085",
        "\u202eabc",
        "\ufeff",
        "\uffff",
        "\ud83d\ude00",
        "e\u0301",
        "\u0130ı\u1e9eß",
        "١٢٣",
        "-1",
        "0",
        "1e3",
        "NaN",
        "-0",
        "0x10",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
        "1,5",
        "null",
        "true",
        "*",
        "%",
        "%00",
        "%2e%2e%2f",
        "..\\..\\windows\\win.ini",
        "../../../../etc/hosts",
        "/",
        "//evil.example/",
        "\\\\evil.example\\x",
        "' OR 1=1 --",
        "'; DROP TABLE Project; --",
        "[Key]",
        "%_[a-z]%",
        "@p0",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "data:text/html,x",
        "{{7*7}}",
        "${7*7}",
        "@Model",
        "{0}{1}{99}",
        "=1+1",
        "=cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\"",
        "'",
        "\\",
        "\"\"",
        "W/\"\"",
        "\"1-x\"",
        "2026-02-30",
        "0001-01-01",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "2026-06-30T12:00:00+99:00",
        "2026-06-30",
        "00000000-0000-0000-0000-000000000000",
        "con",
        "ihk",
    ];

    private static readonly string[] _long = [new('x', 5000), new('ä', 300), new('[', 3000), string.Concat(Enumerable.Repeat("a.", 800))];

    /// <summary>One of them, two of them, or any text at all.</summary>
    public static readonly Gen<string> Text = Gen.Frequency(
        (6, Gen.OneOf(Texts)),
        (1, Gen.OneOf(_long)),
        (2, Gen.Select(Gen.OneOf(Texts), Gen.OneOf(Texts), (a, b) => a + b)),
        (3, Gen.String)
    );

    /// <summary>As <see cref="Text"/>, by a generator that is told where to begin.</summary>
    public static string Pick(Random random) =>
        random.Next(9) switch
        {
            0 => _long[random.Next(_long.Length)],
            1 => Texts[random.Next(Texts.Length)] + Texts[random.Next(Texts.Length)],
            2 => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => (char)random.Next(0x20, 0x2ff))),
            _ => Texts[random.Next(Texts.Length)],
        };

    /// <summary>A few bytes changed, left out, doubled or put in.</summary>
    public static byte[] Mutate(Random random, ReadOnlySpan<byte> valid)
    {
        var bytes = new List<byte>(valid.ToArray());
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(random)));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes.InsertRange(random.Next(2) == 0 ? 0 : at, (byte[])[0xEF, 0xBB, 0xBF]);
                    break;
                default:
                    bytes.InsertRange(at, (byte[])[(byte)random.Next(256), (byte)random.Next(256)]);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Mutations of something valid.</summary>
    public static Gen<byte[]> Mutations(byte[] valid) => Gen.Int.Select(seed => Mutate(new Random(seed), valid));
}
