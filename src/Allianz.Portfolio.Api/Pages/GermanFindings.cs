using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What a rule found, in German. The rules themselves stand in Domain; a page asks them and not again by itself.</summary>
internal static class GermanFindings
{
    /// <summary>The sentence for a finding; null where a page says something of its own.</summary>
    public static string? Of(FieldError finding) =>
        finding.Code switch
        {
            RagRules.ReasonRequired => "Begründung: Bei Gelb oder Rot ist eine Begründung nötig.",
            RagRules.Empty => "Melden Sie mindestens eine Angabe.",
            ReportDraft.TwoComments => "Zu diesem Projekt steht schon ein Kommentar.",
            _ => null,
        };
}
