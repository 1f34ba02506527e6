"""How the people of the journeys walk through the site."""

import re
import time
from typing import Any

from playwright.sync_api import Page, expect

from portal.demo.cases import picture
from tests.cast import totp_now
from tests.real_parts import LiveSite


def fill_in(page: Page, **answers: str) -> None:
    """Answer a step by field name: text, select, radio, checkbox or the three boxes of a date."""
    for name, value in answers.items():
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            year, month, day = value.split("-")
            for box, part in enumerate((day, month, year)):
                page.locator(f"#id_{name}_{box}").fill(part.lstrip("0"))
            continue
        field = page.locator(f"[name='{name}']").first
        kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            field.select_option(value)
        elif kind == "radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(value)


def next_step(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer et continuer").click()


def file_certificate_of_life(page: Page, *, given_names: str, phone: str) -> str:
    """Awa files without an account; return the reference on her receipt."""
    page.goto("/")
    page.locator("main input[type='search']").first.fill("certificat de vie")
    page.locator("main input[type='search']").first.press("Enter")
    page.get_by_role("link", name="Certificat de vie").first.click()
    page.get_by_role("link", name="Commencer la demande").click()
    page.get_by_role("button", name="Commencer").click()
    fill_in(page, surname="DOSSOU-YOVO", given_names=given_names, birth_date="1957-09-02", birth_place="Porto-Novo")
    next_step(page)
    fill_in(page, residence="1:Dandji", address="Derrière l’école")
    next_step(page)
    fill_in(page, purpose="pension_benin", can_come="yes")
    next_step(page)
    fill_in(page, name="Awa Dossou-Yovo", phone=phone)
    next_step(page)
    photo = picture("carte.jpg", given_names)
    page.locator("input[type='file']").first.set_input_files(
        {"name": "carte.jpg", "mimeType": "image/jpeg", "buffer": photo.read()}
    )
    next_step(page)
    fill_in(page, declaration="on")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="Votre demande est déposée")).to_be_visible()
    return page.locator(".reference").inner_text().strip()


def sign_in(context: Any, site: LiveSite, login: str) -> Page:
    """A member of staff at an office PC: password, then the second factor."""
    account = next(account for account in site.cast["accounts"] if account["login"] == login)
    page = context.new_page()
    page.goto("/compte/connexion/")
    page.locator("[name='username']").fill(account["login"])
    page.locator("[name='password']").fill(account["password"])
    page.get_by_role("button", name="Continuer").or_(page.get_by_role("button", name="Se connecter")).click()
    code = page.locator("[name='code']")
    code.fill(totp_now(account["totp_secret"]))
    page.get_by_role("button", name="Entrer").click()
    if code.is_visible():  # each code opens one session: the same person came in less than 30 s ago
        time.sleep(31 - time.time() % 30)
        code.fill(totp_now(account["totp_secret"]))
        page.get_by_role("button", name="Entrer").click()
    expect(code).to_be_hidden()
    return page


def sign_here(page: Page, site: LiveSite, login: str) -> None:
    """Sign the one document on the screen with the second factor; the code that opened the session signs nothing."""
    account = next(account for account in site.cast["accounts"] if account["login"] == login)
    code = page.locator("main [name='code']")
    time.sleep(31 - time.time() % 30)
    code.fill(totp_now(account["totp_secret"]))
    page.get_by_role("button", name="Signer et délivrer").click()
    expect(code).to_be_hidden()


def code_received(site: LiveSite, page: Page) -> str:
    """The six digits of the newest SMS in the demonstration's letter box."""
    page.goto("/demo/boite-aux-lettres/")
    return re.search(r"code est (\d{6})", page.locator("main").inner_text())[1]


def open_tracking(page: Page, site: LiveSite, reference: str, phone: str) -> None:
    page.goto("/suivi/")
    page.locator("[name='reference']").fill(reference.lower().replace("-", " "))
    page.locator("[name='phone']").fill(phone)
    page.get_by_role("button", name="Voir ma demande").click()
    expect(page.locator("[name='code']")).to_be_visible()
    other = page.context.new_page()
    code = code_received(site, other)
    other.close()
    page.locator("[name='code']").fill(code)
    page.get_by_role("button", name="Ouvrir ma demande").click()
