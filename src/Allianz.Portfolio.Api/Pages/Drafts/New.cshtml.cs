using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Begins to prepare a report.</summary>
[Right(Act.Create, Resource.ReportDraft)]
internal sealed class NewDraftModel(IMediator mediator, TimeProvider clock) : DraftForm(mediator, clock)
{
    public async Task OnGetAsync([FromQuery] string? meeting, CancellationToken ct)
    {
        Title = "Sachstandsbericht";
        (Meeting, Visibility, WithMandates) = (meeting, Codes.Of(Domain.Visibility.Board), "false");
        await ReadMeetingsAsync(meeting, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (ChosenVisibility is { } visibility)
        {
            var draft = new ReportDraft
            {
                Title = Title?.Trim() ?? "",
                Visibility = visibility,
                Meeting = string.IsNullOrEmpty(Meeting) ? null : Meeting,
                WithMandates = WithMandates == "true",
            };
            Written? written = null;
            var command = new Create<ReportDraft>(HttpContext.Caller(), null, draft);
            if (await TryAsync(async () => written = await Mediator.Send(command, ct), Said))
            {
                Done =
                    "Der Entwurf ist angelegt. Ergänzen Sie Vorwort und Kommentare; alles andere kommt beim Herausgeben aus dem Portfolio.";
                return RedirectToPage("/Drafts/Draft", new { draft = written!.Key });
            }
        }
        else
        {
            Wrong("visibility", "Wählen Sie, für wen der Bericht sichtbar wird.");
        }
        await ReadMeetingsAsync(Meeting, ct);
        return Again();
    }
}
