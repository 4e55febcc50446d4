using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using AutoMapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>An account, for administrators.</summary>
[Right(Act.Change, Resource.Account)]
internal sealed class EditAccountModel(IMediator mediator, IMapper mapper, TimeProvider clock) : AccountForm(mediator, clock)
{
    [BindProperty]
    public string? Active { get; set; }

    /// <summary>The one that the form was filled in for.</summary>
    [BindProperty]
    public long Revision { get; set; }

    public UserAccount Account { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var key = (string)RouteData.Values["key"]!;
        if (await GetAccount.ReadAsync(Mediator, mapper, key, HttpContext.RequestAborted) is not { } account)
        {
            context.Result = NotFound();
            return;
        }
        Account = account;
        await base.OnPageHandlerExecutionAsync(context, next);
    }

    public void OnGet()
    {
        Name = Account.Name;
        Email = Account.Email;
        RoleCode = Roles.Code(Account.Role);
        Partner = Account.Partner;
        Active = Account.Active ? "true" : "false";
        Revision = Account.Revision;
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Account.Email is null)
        {
            // What the person's organisation keeps is not asked for.
            (Email, RoleCode, Partner) = (null, Roles.Code(Account.Role), Account.Partner);
        }
        var patch = new JsonObject
        {
            ["name"] = Name?.Trim() ?? "",
            ["email"] = string.IsNullOrWhiteSpace(Email) ? null : Email.Trim(),
            ["role"] = Roles.Code(Roles.Parse(RoleCode) ?? Role.Anonymous),
            ["partner"] = string.IsNullOrEmpty(Partner) ? null : Partner,
            ["active"] = Active != "false",
        };
        return RunAsync(
            () => Mediator.Send(new PatchAccount.Command(HttpContext.Caller(), Account.Key, new Precondition([Revision]), patch), ct),
            "Gespeichert."
        );
    }

    public Task<IActionResult> OnPostInviteAsync(CancellationToken ct) =>
        RunAsync(
            () => Mediator.Send(new InviteAgain.Command(HttpContext.Caller(), Account.Key), ct),
            $"Die Einladung an {Account.Email} ist unterwegs."
        );

    public Task<IActionResult> OnPostFactorAsync(CancellationToken ct) =>
        RunAsync(
            () => Mediator.Send(new RemoveSecondFactor.Command(HttpContext.Caller(), Account.Key), ct),
            "Der zweite Faktor ist entfernt."
        );

    public async Task<IActionResult> OnPostDeleteAsync(bool sure, CancellationToken ct)
    {
        if (!sure)
        {
            OnGet();
            Wrong("sure", "Bestätigen Sie, dass die Person endgültig gelöscht werden soll.");
            return Again();
        }
        var name = Account.Name;
        var deleted = await RunAsync(
            () => Mediator.Send(new DeleteAccount.Command(HttpContext.Caller(), Account.Key, new Precondition([Revision])), ct),
            $"„{name}“ ist gelöscht."
        );
        return Errors.Count > 0 ? deleted : RedirectToPage("/People/Index");
    }

    private async Task<IActionResult> RunAsync(Func<Task> command, string done)
    {
        if (await TryAsync(command, Said))
        {
            Done = done;
            return RedirectToPage();
        }
        // Buttons that send no fields come back with what holds.
        if (RoleCode is null)
        {
            OnGet();
        }
        return Again();
    }
}
