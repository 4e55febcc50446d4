using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Makes an account and invites its person.</summary>
[Right(Act.Create, Resource.Account)]
internal sealed class NewAccountModel(IMediator mediator, TimeProvider clock) : AccountForm(mediator, clock)
{
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var account = new NewAccount
        {
            Name = Name?.Trim() ?? "",
            Email = string.IsNullOrWhiteSpace(Email) ? null : Email.Trim(),
            Role = Roles.Parse(RoleCode) ?? Role.Anonymous,
            Partner = string.IsNullOrEmpty(Partner) ? null : Partner,
        };
        if (!await TryAsync(() => Mediator.Send(new CreateAccount.Command(HttpContext.Caller(), account), ct), Said))
        {
            return Again();
        }
        Done = $"Die Einladung an {account.Email} ist unterwegs.";
        return RedirectToPage("/People/Index");
    }
}
