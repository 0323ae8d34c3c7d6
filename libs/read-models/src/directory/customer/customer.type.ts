import { ObjectType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

@ObjectType({ description: 'A customer (客户) with its profile. `customer(id)` answers the whole card.' })
export class Customer extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('Name (名称).', { always: true }) name: string;
  @shown.text('What it is to us (客户形态): BUYER, DISTRIBUTOR, PARTNER …', { always: true }) type: string;
  @shown.text('Industry (行业).') industry: string | null;
  @shown.text('Region (区域).') region: string | null;
  @shown.text('Size (规模).') scale: string | null;
  @shown.text('Address (地址).') address: string | null;
  @shown.text('Tax number (税号).') taxNumber: string | null;
  @shown.text('E-mail.') email: string | null;
  @shown.text('Telephone.') phone: string | null;
  @shown.text('Credit grade (信用等级).') creditGrade: string | null;
  @shown.text('How it pays (支付方式).') paymentMethod: string | null;
  @shown.day('Customer since (登记日期).', { always: true }) registeredOn: string;
}
