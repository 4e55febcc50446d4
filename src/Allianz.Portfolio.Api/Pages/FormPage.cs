using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What is wrong with a field of a form. The summary above the form leads to it.</summary>
/// <param name="Field">Id of the field; empty when it is about the whole.</param>
/// <param name="Message">What is wrong, and what helps.</param>
internal sealed record InputError(string Field, string Message);

/// <summary>A field with its label, its hint and what is wrong with it, tied together for those who do not see them.</summary>
/// <param name="Name">As it is sent.</param>
/// <param name="Label">What it is called.</param>
internal sealed record InputField(string Name, string Label)
{
    /// <summary>Where the summary of errors leads; the name, when not given.</summary>
    public string Id
    {
        get => field ?? Name;
        init;
    }
    public string Type { get; init; } = "text";

    /// <summary>Of a text of several lines.</summary>
    public int Rows { get; init; }
    public string? Hint { get; init; }

    /// <summary>As it was typed; passwords never come back.</summary>
    public string? Value { get; init; }

    /// <summary>For the browser's memory, e.g. <c>email</c> or <c>new-password</c>.</summary>
    public string? Autocomplete { get; init; }
    public string? InputMode { get; init; }

    /// <summary>Where the browser stops typing; absent where the form says instead what is too much.</summary>
    public int? MaxLength { get; init; } = 254;
    public bool Optional { get; init; }

    /// <summary>Whether it is needed depends on the other fields.</summary>
    public bool Depends { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Error { get; init; }

    /// <summary>What can be chosen, when it is a choice.</summary>
    public IReadOnlyList<(string Value, string Text)>? Choices { get; init; }

    public string? Invalid => Error is null ? null : "true";
    public string? Required => Optional || Depends ? null : "true";

    public string? Described =>
        (Hint, Error) switch
        {
            (null, null) => null,
            (_, null) => $"{Id}-hint",
            (null, _) => $"{Id}-error",
            _ => $"{Id}-hint {Id}-error",
        };
}

/// <summary>A page with a form: shows again what was typed, with all that is wrong with it.</summary>
internal abstract class FormPage : PageModel
{
    private readonly List<InputError> _errors = [];

    public IReadOnlyList<InputError> Errors => _errors;

    /// <summary>What was done, for the person.</summary>
    [TempData]
    public string? Done { get; set; }

    /// <summary>The field with what is wrong with it.</summary>
    public InputField Of(InputField field) => field with { Error = Errors.FirstOrDefault(e => e.Field == field.Id)?.Message };

    protected void Wrong(string field, string message) => _errors.Add(new InputError(field, message));

    /// <summary>The page again, with what is wrong: status 422, so that it is no success for programs either.</summary>
    protected IActionResult Again()
    {
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    /// <summary>Refuses an address: a filter that is ignored would show what was not asked for.</summary>
    protected IActionResult BadQuery(string parameter)
    {
        HttpContext.Items[typeof(FehlerModel)] = parameter;
        return BadRequest();
    }

    /// <summary>Runs a command; what it refuses is shown at the form.</summary>
    protected async Task<bool> TryAsync(Func<Task> command, Func<FieldError, InputError> said)
    {
        try
        {
            await command();
            return true;
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status412PreconditionFailed)
        {
            Wrong("", "Jemand anderes hat das inzwischen geändert. Laden Sie die Seite neu und sehen Sie nach, was jetzt gilt.");
            return false;
        }
        catch (Problem problem) when (problem.Status is 409 or 422)
        {
            foreach (var error in problem.Errors is { Count: > 0 } errors ? errors : [new FieldError("", problem.Detail ?? problem.Title)])
            {
                _errors.Add(said(error));
            }
            return false;
        }
    }

    /// <summary>Checks a new password and its repetition.</summary>
    protected void CheckPassword(string? password, string? again, string name, string email)
    {
        if (string.IsNullOrEmpty(password))
        {
            Wrong("password", "Geben Sie ein neues Passwort ein.");
        }
        else if (PasswordRules.Wrong(password, name, email) is { } wrong)
        {
            Wrong("password", wrong);
        }
        else if (password != again)
        {
            Wrong("again", "Die beiden Passwörter sind nicht gleich.");
        }
    }

    /// <summary>To the way in, and then here again. A key's owner is no person, and finds nothing here.</summary>
    protected IActionResult SignInFirst() =>
        Request.Headers.Authorization.Count > 0
            ? NotFound()
            : RedirectToPage("/SignIn/Index", new { returnUrl = Request.PathBase + Request.Path + Request.QueryString });

    /// <summary>A way back within this site; anything else leads to the start page.</summary>
    protected string Local(string? address) => Url.Local(address);
}
