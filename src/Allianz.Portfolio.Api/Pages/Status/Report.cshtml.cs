using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Api.UseCases.StatusDrafts;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Reports on a project: a partner's editor for its partner, the coordination for whom it names, or for nobody.</summary>
[Right(Act.Create, Resource.StatusUpdate)]
internal sealed class ReportStatusModel(IMediator mediator, TimeProvider clock) : PageModel, IRefilled
{
    [BindProperty]
    public StatusForm Form { get; set; } = new();

    public StatusPreparation About { get; private set; } = null!;

    /// <summary>Speaks for any partner, or for none, and says for whom.</summary>
    public bool Chooses { get; private set; }

    /// <summary>It is said for whom.</summary>
    public bool Chosen { get; private set; }

    /// <summary>Whether the person follows the project; null where nobody is signed in who could.</summary>
    public bool? Follows { get; private set; }

    /// <summary>What was recorded, for the page that shows it.</summary>
    [TempData]
    public string? Done { get; set; }

    public async Task<IActionResult> OnGetAsync(string project, CancellationToken ct)
    {
        if (await OpenAsync(project, ct) is { } refused)
        {
            return refused;
        }
        Form = StatusForm.Of(About, await DraftAsync(ct));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string project, string? action, CancellationToken ct)
    {
        if (await OpenAsync(project, ct) is { } refused)
        {
            return refused;
        }
        if (Chosen && action is StatusForm.Save or StatusForm.Discard && await DraftAsync(ct) is { Cycle: not null } draft)
        {
            return await KeepAsync(project, action, draft, ct);
        }
        if (Chosen && !About.Project.Archived && Form.For(About).Read(action) is { } update)
        {
            try
            {
                var command = new CreateStatusUpdate.Command(HttpContext.Caller(), project, update)
                {
                    Last = new Precondition([Form.Seen]),
                };
                var written = await mediator.Send(command, ct);
                Done = "Vielen Dank, die Meldung ist gespeichert.";
                return RedirectToPage("/Status/Recorded", new { project, update = written.Key });
            }
            catch (Problem problem)
            {
                // What it objects to may be that something ended just now.
                if (await OpenAsync(project, ct) is { } gone)
                {
                    return gone;
                }
                Form.For(About).Add(problem);
            }
        }
        Form.With(await DraftAsync(ct));
        return Again();
    }

    public async Task<IActionResult> OnPostFollowAsync(string project, bool follow, CancellationToken ct)
    {
        if (await OpenAsync(project, ct) is { } refused)
        {
            return refused;
        }
        if (Follows is not null)
        {
            var me = HttpContext.SignedIn()!.Account;
            await (
                follow
                    ? mediator.Send(new FollowProject.Command(HttpContext.Caller(), me, project), ct)
                    : mediator.Send(new StopFollowing.Command(me.Id, project), ct)
            );
            Done = follow ? "Sie folgen dem Projekt jetzt." : "Sie folgen dem Projekt nicht mehr.";
        }
        return RedirectToPage(new { project, partner = Chooses && Chosen ? Request.Query["partner"].ToString() : null });
    }

    /// <summary>The form holds again what was typed into it before the session ended.</summary>
    public async Task RefilledAsync(CancellationToken ct) => Form.For(About).With(await DraftAsync(ct));

    // Saves or discards the draft, and shows the form as it is then.
    private async Task<IActionResult> KeepAsync(string project, string action, StatusDraft draft, CancellationToken ct)
    {
        var (caller, partner, precondition) = (HttpContext.Caller(), About.Partner!.Key, new Precondition([Form.Saved]));
        Form.For(About).With(draft);
        try
        {
            if (action == StatusForm.Discard)
            {
                await mediator.Send(new DeleteStatusDraft.Command(caller, project, partner, precondition), ct);
                Done = "Der Entwurf ist verworfen.";
            }
            else if (Form.ReadDraft() is { } typed)
            {
                await mediator.Send(new PutStatusDraft.Command(caller, project, partner, precondition, typed), ct);
                Done = "Der Entwurf ist gespeichert. Gemeldet ist damit noch nichts.";
            }
            else
            {
                return Again();
            }
            return RedirectToPage(new { project, partner = Chooses ? partner : null });
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status412PreconditionFailed)
        {
            Form.SavedElsewhere(await DraftAsync(ct));
        }
        catch (Problem problem)
        {
            Form.Add(problem);
        }
        return Again();
    }

    private PageResult Again()
    {
        if (Response.StatusCode == StatusCodes.Status200OK)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }
        return Page();
    }

    // A draft belongs to a partner: who speaks for none keeps none.
    private async Task<StatusDraft?> DraftAsync(CancellationToken ct) =>
        Chosen && About is { Partner: { } partner, Project.Archived: false }
            ? await mediator.Send(new GetStatusDraft.Query(HttpContext.Caller(), About.Project.Key, partner.Key), ct)
            : null;

    // What the API would refuse at once is refused before anybody fills in a form.
    private async Task<IActionResult?> OpenAsync(string project, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        Chooses = caller.MayAnywhere(Right.Create(Resource.StatusUpdate));
        Chosen = !Chooses || Request.Query.ContainsKey("partner");
        var named = Request.Query["partner"].ToString();
        var partner =
            !Chooses ? caller.Partner
            : named.Length > 0 ? named
            : null;
        var view = caller.ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        if (await mediator.Send(new PrepareStatusUpdate.Query(view, project, partner, null), ct) is not { } about)
        {
            return NotFound();
        }
        About = about;
        var takesPart = partner is not null && about.Partners.Any(p => p.Key == partner);
        if (!Chooses && !takesPart)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }
        if (partner is not null && !takesPart)
        {
            return NotFound();
        }
        if (about.Project.Archived)
        {
            Response.StatusCode = StatusCodes.Status409Conflict;
        }
        if (HttpContext.SignedIn() is { Account: { Demo: true } or { Email.Length: > 0 } } signedIn)
        {
            Follows = (await mediator.Send(new ListFollows.Query(view, signedIn.Account.Id), ct)).Any(f => f.Key == about.Project.Key);
        }
        return null;
    }
}
