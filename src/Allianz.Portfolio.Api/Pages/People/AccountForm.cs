using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Partners;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What administrators fill in of an account, new or not.</summary>
internal abstract class AccountForm(IMediator mediator, TimeProvider clock) : FormPage
{
    private const int MostPartners = 1000;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty(Name = "role")]
    public string? RoleCode { get; set; }

    [BindProperty]
    public string? Partner { get; set; }

    /// <summary>Those that there are, by name.</summary>
    public IReadOnlyList<(string Value, string Text)> Partners { get; private set; } = [];

    protected IMediator Mediator => mediator;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        var partners = await mediator.Send(new ListPartners.Query(view, "name", MostPartners), HttpContext.RequestAborted);
        Partners = [.. partners.Select(p => (p.Key, p.Name))];
        await next();
    }

    /// <summary>What the command refused, in words for people.</summary>
    protected static InputError Said(FieldError error) =>
        error.Pointer switch
        {
            "/name" => new("name", "Geben Sie eine Funktion mit höchstens 200 Zeichen an."),
            "/email" => new(
                "email",
                error.Message.StartsWith("There is", StringComparison.Ordinal)
                    ? "Zu dieser E-Mail-Adresse gibt es schon einen Zugang."
                    : "Geben Sie eine E-Mail-Adresse ein, zum Beispiel redaktion@example.org."
            ),
            "/role" => new("role", "Wählen Sie eine Rolle."),
            "/partner" => new("partner", "Eine Redaktion gehört zu genau einem Partner, alle anderen Rollen zu keinem."),
            _ => new("", "Das ist der letzte aktive Zugang der Administration. Legen Sie erst einen zweiten an."),
        };
}
