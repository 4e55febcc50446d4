using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Follows;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The projects that the person who is signed in follows, and all others to choose from.</summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class FollowsModel(IMediator mediator, TimeProvider clock) : FormPage
{
    /// <summary>How many are offered at once; whoever looks for another one says a word of it.</summary>
    public const int Most = 50;

    /// <summary>Words of the project that is looked for; in the address, as the state of every list is.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    /// <summary>Why nobody can write to this person; null when one can.</summary>
    public string? NoLetters { get; private set; }

    /// <summary>May begin to follow.</summary>
    public bool MayFollow { get; private set; }

    public IReadOnlyList<Followed> Followed { get; private set; } = [];

    /// <summary>What can be followed and is not yet.</summary>
    public IReadOnlyList<(string Key, string Title)> Others { get; private set; } = [];

    /// <summary>There are more than are offered.</summary>
    public bool More { get; private set; }

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (HttpContext.SignedIn() is not { Account: var me })
        {
            context.Result = SignInFirst();
            return;
        }
        (MayFollow, NoLetters) = me switch
        {
            { Demo: true } => (true, "Zugänge der Demo bekommen keine Nachrichten. Hier sehen Sie nur, wie es geht."),
            { Email: "" } => (
                false,
                "Sie melden sich über Ihre Organisation an, deshalb kennt das Portfolio keine E-Mail-Adresse von Ihnen und kann Ihnen keine Wochenübersicht schicken."
            ),
            _ => (true, (string?)null),
        };
        await next();
    }

    public async Task OnGetAsync(CancellationToken ct) => await ShowAsync(ct);

    public async Task<IActionResult> OnPostFollowAsync(string? project, CancellationToken ct)
    {
        var followed = await TryAsync(
            () => mediator.Send(new FollowProject.Command(HttpContext.Caller(), HttpContext.SignedIn()!.Account, project ?? ""), ct),
            _ => new InputError("", NoLetters ?? "Das geht gerade nicht.")
        );
        if (!followed)
        {
            await ShowAsync(ct);
            return Again();
        }
        Done = "Sie folgen dem Projekt jetzt.";
        return RedirectToPage(new { q = Q });
    }

    public async Task<IActionResult> OnPostStopAsync(string? project, CancellationToken ct)
    {
        await mediator.Send(new StopFollowing.Command(HttpContext.SignedIn()!.Account.Id, project), ct);
        Done = project is null ? "Sie folgen keinem Projekt mehr." : "Sie folgen dem Projekt nicht mehr.";
        return RedirectToPage(new { q = Q });
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        Followed = await mediator.Send(new ListFollows.Query(view, HttpContext.SignedIn()!.Account.Id), ct);
        if (!MayFollow)
        {
            return;
        }
        var keys = Followed.Select(f => f.Key).ToHashSet();
        try
        {
            var found = await mediator.Send(new ListProjects.Query(view, "title", keys.Count + Most + 1) { Terms = Q }, ct);
            var others = found.Where(p => !keys.Contains(p.Key)).Select(p => (p.Key, p.Title)).ToList();
            (Others, More) = (others[..Math.Min(Most, others.Count)], others.Count > Most);
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status400BadRequest)
        {
            Wrong("q", "Suchen Sie mit höchstens fünf Wörtern.");
        }
    }
}
