using System.Globalization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using AutoMapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>All accounts, for administrators; the filters stand in the address.</summary>
[Right(Act.Read, Resource.Account)]
internal sealed class AccountsModel(IMediator mediator, IMapper mapper) : FormPage
{
    private const int PerPage = 50;

    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Role { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool? Active { get; set; }

    public IReadOnlyList<UserAccount> Accounts { get; private set; } = [];

    /// <summary>Where the next page begins.</summary>
    public string? Next { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery] string? after, [FromQuery] Guid? afterId, CancellationToken ct)
    {
        var role = Roles.Parse(Role);
        if (role is null && !string.IsNullOrEmpty(Role))
        {
            return BadQuery("role");
        }
        var query = new ListAccounts.Query(PerPage + 1)
        {
            Terms = Q is { Length: > 100 } ? Q[..100] : Q,
            Role = role,
            Active = Active,
            After = after is not null && afterId is { } id ? new Position("", after, id.ToString()) : null,
        };
        var rows = await mediator.Send(query, ct);
        Accounts = mapper.Map<List<UserAccount>>(rows.Take(PerPage));
        if (rows.Count > PerPage)
        {
            var last = rows[PerPage - 1];
            Next = Url.Page(
                "/People/Index",
                new
                {
                    Q,
                    Role,
                    Active,
                    after = last.NameSort,
                    afterId = last.Id,
                }
            );
        }
        return Page();
    }

    /// <summary>In a word.</summary>
    public static string State(UserAccount account) =>
        !account.Active ? "gesperrt"
        : account.Demo ? "Demo"
        : account.Ready ? "aktiv"
        : "eingeladen am " + account.CreatedAt.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);
}
