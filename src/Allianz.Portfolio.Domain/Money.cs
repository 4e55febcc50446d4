using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Allianz.Portfolio.Domain;

/// <summary>Money is whole euro cents inside, and decimal euros with two places wherever it is written.</summary>
public static class Money
{
    /// <summary>Cents as euros with exactly two places, e.g. <c>1.50</c>.</summary>
    public static decimal ToEuros(long cents) => cents * 0.01m;

    /// <summary>The largest single amount that is accepted, 100 billion euros: sums over a portfolio then fit without checking.</summary>
    public const long MaxCents = 10_000_000_000_000;

    /// <summary>Euros as cents; false when there are fractions of a cent or the amount is beyond <see cref="MaxCents"/>.</summary>
    public static bool TryToCents(decimal euros, out long cents)
    {
        cents = 0;
        if (Math.Abs(euros) > ToEuros(MaxCents) || decimal.Truncate(euros * 100) != euros * 100)
            return false;
        cents = (long)(euros * 100);
        return true;
    }

    /// <summary>Cents as <c>1234.50</c>, whatever the culture.</summary>
    public static string ToText(long cents) => ToEuros(cents).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Writes cents as decimal euros with two places and reads them back.</summary>
public sealed class CentsAsEuros : JsonConverter<long>
{
    /// <inheritdoc />
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        // Sums may be larger than what is accepted as a single amount.
        decimal.ToInt64(reader.GetDecimal() * 100);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Money.ToEuros(value));
}
