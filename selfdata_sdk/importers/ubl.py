"""Universal Business Language (UBL) 2.1: invoices and credit notes, as Peppol and XRechnung send them.

Source of the format: OASIS UBL 2.1 (ISO/IEC 19845), Invoice and CreditNote.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Bill, Record, Source, Text
from .bill import Syntax, read_bill
from .file import File, Sample
from .importer import Importer, Item, Options

_SELLER = "AccountingSupplierParty/Party"
_NAMESPACES = tuple(f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2" for root in ("Invoice", "CreditNote"))

UBL = Syntax(
    prefix="ubl",
    roots=frozenset({"Invoice", "CreditNote"}),
    number="ID",
    code="InvoiceTypeCode|CreditNoteTypeCode",
    on="IssueDate",
    due="DueDate|PaymentMeans/PaymentDueDate",
    currency="DocumentCurrencyCode",
    issuer=f"{_SELLER}/PartyName/Name|{_SELLER}/PartyLegalEntity/RegistrationName",
    customer="AccountingCustomerParty/Party/PartyIdentification/ID",
    contract="ContractDocumentReference/ID",
    object="AdditionalDocumentReference[{*}DocumentTypeCode='130']/ID",
    point="Delivery/DeliveryLocation/ID",
    period_start="InvoicePeriod/StartDate",
    period_end="InvoicePeriod/EndDate",
    net="LegalMonetaryTotal/TaxExclusiveAmount",
    tax="TaxTotal/TaxAmount",
    gross="LegalMonetaryTotal/TaxInclusiveAmount",
    prepaid="LegalMonetaryTotal/PrepaidAmount",
    to_pay="LegalMonetaryTotal/PayableAmount",
    lines="InvoiceLine|CreditNoteLine",
    line_label="Item/Name",
    line_start="InvoicePeriod/StartDate",
    line_end="InvoicePeriod/EndDate",
    line_quantity="InvoicedQuantity|CreditedQuantity",
    line_price="Price/PriceAmount",
    line_price_for="Price/BaseQuantity",
    line_amount="LineExtensionAmount",
    line_vat="Item/ClassifiedTaxCategory/Percent",
    allowances="AllowanceCharge",
    allowance_is_charge="ChargeIndicator",
    allowance_amount="Amount",
    allowance_reason="AllowanceChargeReason",
    allowance_vat="TaxCategory/Percent",
    taxes="TaxTotal/TaxSubtotal",
    tax_rate="TaxCategory/Percent",
    tax_net="TaxableAmount",
    tax_amount="TaxAmount",
    kept=(
        ("note", "Note"),
        ("payment_terms", "PaymentTerms/Note"),
        ("mandate", "PaymentMeans/PaymentMandate/ID"),
        ("account", "PaymentMeans/PayeeFinancialAccount/ID"),
        ("line_descriptions", "InvoiceLine/Item/Description|CreditNoteLine/Item/Description"),
        ("payment_reference", "PaymentMeans/PaymentID"),
        ("order", "OrderReference/ID"),
        ("seller_tax_number", f"{_SELLER}/PartyTaxScheme/CompanyID"),
        ("delivered", "Delivery/ActualDeliveryDate"),
    ),
)


class UblInvoice:
    """One invoice or credit note."""

    name = "ubl-invoice"
    version = "1"
    title = Text(en="Electronic invoice (UBL)", fr="Facture électronique (UBL)")
    holder = "issuer"
    record_types: tuple[type[Record], ...] = (Bill,)

    def recognises(self, sample: Sample) -> bool:
        return sample.is_xml and any(f'"{n}"' in sample.text or f"'{n}'" in sample.text for n in _NAMESPACES)

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        yield from read_bill(UBL, file, source, options)


IMPORTERS: tuple[Importer, ...] = (UblInvoice(),)
