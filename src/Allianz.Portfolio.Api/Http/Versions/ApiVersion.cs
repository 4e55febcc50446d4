using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Allianz.Portfolio.Domain;
using Microsoft.Extensions.Primitives;

namespace Allianz.Portfolio.Api.Http.Versions;

/// <summary>A version of the API as it is served: its name, and how JSON is written and read in it. Made once, when the program starts.</summary>
internal sealed class ApiVersion
{
    /// <summary>Of requests and answers.</summary>
    public const string Header = "Portfolio-Version";

    private readonly DateTimeOffset? _ends;

    /// <param name="release">As it is declared.</param>
    /// <param name="changes">Those by which it looks different from the code, the latest first.</param>
    public ApiVersion(ApiRelease release, IReadOnlyList<ApiChange> changes)
    {
        Release = release;
        Name = NameOf(release.Date);
        HeaderValue = Name;
        if (release.DeprecatedOn is { } deprecated)
        {
            // RFC 9745: a date as a structured field; in the future it says when.
            Deprecation = string.Create(CultureInfo.InvariantCulture, $"@{Berlin.StartOf(deprecated).ToUnixTimeSeconds()}");
        }
        if (release.SunsetOn is { } sunset)
        {
            _ends = Berlin.EndOf(sunset);
            // RFC 8594: an HTTP date.
            Sunset = _ends.Value.ToString("R", CultureInfo.InvariantCulture);
        }
        var shaped = changes.ToLookup(change => change.Type);
        (Output, Input) =
            changes.Count == 0
                ? (JsonRules.Output, JsonRules.Input)
                : (JsonRules.Make(strict: false, Shape), JsonRules.Make(strict: true, Shape));

        void Shape(JsonTypeInfo contract)
        {
            foreach (var change in shaped[contract.Type])
            {
                change.Shape(contract);
            }
        }
    }

    /// <summary>As it is declared.</summary>
    public ApiRelease Release { get; }

    /// <summary>E.g. <c>2026-12-01</c>.</summary>
    public string Name { get; }

    /// <summary>The name as a header has it.</summary>
    public StringValues HeaderValue { get; }

    /// <summary>Since when nobody should use it any more, as RFC 9745 has it; empty while it is kept up.</summary>
    public StringValues Deprecation { get; }

    /// <summary>When it ends, as RFC 8594 has it; empty while that is open.</summary>
    public StringValues Sunset { get; }

    /// <summary>Something of it ends, which its answers say.</summary>
    public bool IsEnding => Deprecation.Count > 0 || Sunset.Count > 0;

    /// <summary>How answers are written; see <see cref="JsonRules.Output"/>.</summary>
    public JsonSerializerOptions Output { get; }

    /// <summary>How bodies are read; see <see cref="JsonRules.Input"/>.</summary>
    public JsonSerializerOptions Input { get; }

    /// <summary>Whether it is no longer served.</summary>
    public bool IsEnded(DateTimeOffset now) => now > _ends;

    /// <summary>The name of the version of a day.</summary>
    public static string NameOf(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
