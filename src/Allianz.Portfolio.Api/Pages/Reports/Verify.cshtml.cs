using System.Text.RegularExpressions;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Says of a hash which report it belongs to, and whether that is still what was issued.</summary>
[Right(Act.Read, Resource.Report)]
internal sealed partial class VerifyModel(IMediator mediator, TimeProvider clock) : PageModel
{
    /// <summary>As it was typed.</summary>
    public string? Hash { get; private set; }

    public IReadOnlyList<InputError> Errors { get; private set; } = [];

    /// <summary>A hash was asked for that can be one.</summary>
    public bool Asked { get; private set; }

    public ReportVerification? Verified { get; private set; }

    /// <summary>The field with what is wrong with it.</summary>
    public InputField Of(InputField field) => field with { Error = Errors.FirstOrDefault(e => e.Field == field.Id)?.Message };

    public async Task OnGetAsync([FromQuery] string? hash, CancellationToken ct)
    {
        Hash = hash?.Trim();
        if (string.IsNullOrEmpty(Hash))
        {
            return;
        }
        if (Sha256().Match(Hash) is not { Success: true } match)
        {
            Errors =
            [
                new("hash", "Eine Prüfsumme hat genau 64 Zeichen: Ziffern und die Buchstaben a bis f. Kopieren Sie sie vollständig."),
            ];
            return;
        }
        Asked = true;
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        Verified = await mediator.Send(new VerifyReport.Query(view, null, match.Value.ToLowerInvariant()), ct);
    }

    // Alone, or with what sha256sum (the name after it) and PowerShell (the algorithm before it) write beside it.
    [GeneratedRegex(@"(?<![\p{L}\p{N}])[0-9A-Fa-f]{64}(?![\p{L}\p{N}])", RegexOptions.CultureInvariant)]
    private static partial Regex Sha256();
}
