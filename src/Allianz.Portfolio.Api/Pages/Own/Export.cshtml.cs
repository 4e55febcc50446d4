using System.Text.Json;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Everything that is held on the person who is signed in, as a file.</summary>
[Right(Act.Read, Resource.SignIn)]
internal sealed class ExportModel(IMediator mediator) : FormPage
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (HttpContext.SignedIn() is not { } signedIn)
        {
            return SignInFirst();
        }
        var held = await mediator.Send(new ExportAccount.Query(HttpContext, signedIn.Account.Key), ct);
        return held is null
            ? SignInFirst()
            : File(JsonSerializer.SerializeToUtf8Bytes(held, JsonRules.Output), "application/json", "meine-daten.json");
    }
}
